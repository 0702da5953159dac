/** Versions of the CNI specification: which exist, how they compare, which one a configuration is spoken with. */

/** Every released version, oldest first. */
export const SPEC_VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;
export type SpecVersion = (typeof SPEC_VERSIONS)[number];

export const LATEST_VERSION: SpecVersion = "1.1.0";

/** What a configuration without any version speaks. */
export const DEFAULT_VERSION: SpecVersion = "0.1.0";

export function isSpecVersion(text: string): text is SpecVersion {
  return (SPEC_VERSIONS as readonly string[]).includes(text);
}

/** Whether the text has the form of a version, released or not. */
export function isVersion(text: string): boolean {
  return /^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(text);
}

/** Whether `version` is `least` or later. */
export function atLeast(version: SpecVersion, least: SpecVersion): boolean {
  return SPEC_VERSIONS.indexOf(version) >= SPEC_VERSIONS.indexOf(least);
}

/** The highest released version that all the sets hold, or null (specification 1.1, section 1, version considerations). */
export function highestCommon(...sets: readonly (readonly string[])[]): SpecVersion | null {
  return SPEC_VERSIONS.findLast((version) => sets.every((set) => set.includes(version))) ?? null;
}
