/** Conformance of a chain of plugins: the entire chain, then each member. */
import { printable } from "../../core/errors.ts";
import { type NetworkConfigList, SPEC_VERSIONS, withVersion } from "../../cni/index.ts";
import { type ConformanceReport, failsRequirement, verdictsOf } from "../../results/index.ts";
import { guessProfile } from "../under-test/profile.ts";
import { profileFor } from "../under-test/profile-file.ts";
import { NoMatchingClause, runConformance, versionsToTest, type ConformanceOptions } from "./conformance-run.ts";

/** Each member has its own profile. `plugin` is the type of a member, or any other name for the chain. */
export type ChainOptions = Omit<ConformanceOptions, "profile" | "entireChain">;

/**
 * Tests the entire chain, then each member after the members before it. The verdict is that of the member that
 * `plugin` names, or of all parts if no member has that name.
 * @throws the errors of {@link runConformance}
 */
export async function runChain(options: ChainOptions): Promise<ConformanceReport> {
  const { plugin, list, failFast = false, only } = options;
  const names = memberNames(list);
  const chain: ConformanceOptions = {
    ...options,
    plugin: names.join("+"),
    profile: guessProfile(list),
    entireChain: true,
  };
  // Every part is tested in the versions that all members share.
  const { versions, warnings } = await versionsToTest(chain);
  const reports: ConformanceReport[] = [];
  for (const part of [chain, ...names.map((name, i) => memberOptions(options, name, i))]) {
    const report = await testPart({ ...part, versions });
    if (report !== null) reports.push(report);
    if (failFast && report?.conformance.some(failsRequirement)) break;
  }
  if (names.includes(plugin) && !reports.some((report) => report.plugin === plugin) && !failFast)
    throw new NoMatchingClause(
      `no clause matches "${printable(only ?? "")}" for ${plugin}; run "cnibench list clauses"`,
    );
  const merged = mergeReports(plugin, reports, only);
  return { ...merged, warnings: [...warnings, ...merged.warnings] };
}

/** Returns null when no selected clause applies to the part. */
async function testPart(part: ConformanceOptions): Promise<ConformanceReport | null> {
  try {
    return await runConformance(part);
  } catch (error) {
    if (error instanceof NoMatchingClause) return null;
    throw error;
  }
}

function memberOptions(options: ChainOptions, name: string, target: number): ConformanceOptions {
  const { list } = options;
  const upTo = withVersion({ ...list, plugins: list.plugins.slice(0, target + 1), warnings: [] }, list.cniVersion);
  return { ...options, plugin: name, list: upTo, profile: profileFor(upTo, target) };
}

/** Returns the types of the members; a type that occurs more than once is followed by its position in the chain. */
export function memberNames({ plugins }: Pick<NetworkConfigList, "plugins">): readonly string[] {
  const types = plugins.map(({ type }) => type);
  return types.map((type, i) => (types.indexOf(type) === types.lastIndexOf(type) ? type : `${type}#${i + 1}`));
}

function mergeReports(
  plugin: string,
  reports: readonly ConformanceReport[],
  only: string | undefined,
): ConformanceReport {
  const [chain] = reports;
  if (chain === undefined)
    throw new NoMatchingClause('no clause matches any member of the chain; run "cnibench list clauses"');
  const rows = reports.flatMap(({ conformance }) => conformance);
  const named = reports.find((report) => report.plugin === plugin);
  const judged = named?.conformance ?? rows;
  const versions = named?.specVersions ?? SPEC_VERSIONS.filter((version) => isTested(reports, version));
  return {
    ...(named ?? chain),
    plugin,
    specVersions: versions,
    verdicts: verdictsOf(judged, versions, { only }),
    verdictsWithoutGoSkeleton: verdictsOf(judged, versions, { only, withoutGoSkeleton: true }),
    conformance: rows,
    warnings: reports.flatMap(({ warnings }) => warnings),
  };
}

function isTested(reports: readonly ConformanceReport[], version: string): boolean {
  return reports.some(({ specVersions }) => specVersions.includes(version));
}
