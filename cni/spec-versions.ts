/** Lists and compares the versions of the CNI specification. */

/** Every released version, oldest first. */
export const SPEC_VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;
export type SpecVersion = (typeof SPEC_VERSIONS)[number];

export const LATEST_VERSION: SpecVersion = "1.1.0";

/** Version of a configuration that does not specify one. */
export const DEFAULT_VERSION: SpecVersion = "0.1.0";

/** Reports whether the text is a released version. */
export function isSpecVersion(text: string): text is SpecVersion {
  return (SPEC_VERSIONS as readonly string[]).includes(text);
}

/** Reports whether the text has the format of a version, released or not. */
export function isVersion(text: string): boolean {
  return /^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(text);
}

/** Reports whether `version` is `least` or later. */
export function atLeast(version: SpecVersion, least: SpecVersion): boolean {
  return SPEC_VERSIONS.indexOf(version) >= SPEC_VERSIONS.indexOf(least);
}

/** Returns the highest released version in all sets, or null (specification 1.1, section 1, version considerations). */
export function highestCommon(...sets: readonly (readonly string[])[]): SpecVersion | null {
  return SPEC_VERSIONS.findLast((version) => sets.every((set) => set.includes(version))) ?? null;
}
