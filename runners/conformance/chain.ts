/** A chain of plugins under test: as a whole, and member by member. */
import { withVersion } from "../../cni/conf.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { SPEC_VERSIONS } from "../../cni/version.ts";
import { verdictsOf, type ConformanceReport } from "../../results/verdicts.ts";
import { guessProfile } from "./profile.ts";
import { profileFor } from "./profile-file.ts";
import { NoMatchingClause, runConformance, type ConformanceOptions } from "./run.ts";

/** Without a profile: each member has its own. `plugin` is a member's type, or any other name for the chain. */
export type ChainOptions = Omit<ConformanceOptions, "profile" | "entireChain">;

/**
 * The whole first: what its members do together; then each member, after those before it. The verdict is that of the plugin
 * that was named, or of everything when the name is no member's.
 * @throws as {@link runConformance}
 */
export async function runChain(options: ChainOptions): Promise<ConformanceReport> {
  const { plugin, list, failFast = false } = options;
  const names = memberNames(list);
  const whole: ConformanceOptions = {
    ...options,
    plugin: names.join("+"),
    profile: guessProfile(list),
    entireChain: true,
  };
  const reports: ConformanceReport[] = [];
  for (const part of [whole, ...names.map((name, i) => memberOptions(options, name, i))]) {
    // Every part speaks the versions that all members share.
    const versions = SPEC_VERSIONS.filter((version) => reports[0]?.specVersions.includes(version) ?? true);
    const report = await testPart(reports.length === 0 ? part : { ...part, versions });
    if (report !== null) reports.push(report);
    if (failFast && report?.conformance.at(-1)?.status === "fail") break;
  }
  return mergeReports(plugin, reports);
}

/** null when no clause of the part was asked for. */
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

/** Types; one that is there twice gets its place in the chain as well. */
function memberNames({ plugins }: NetworkConfigList): string[] {
  const types = plugins.map(({ type }) => type);
  return types.map((type, i) => (types.indexOf(type) === types.lastIndexOf(type) ? type : `${type}#${i + 1}`));
}

function mergeReports(plugin: string, reports: readonly ConformanceReport[]): ConformanceReport {
  const [whole] = reports;
  if (whole === undefined)
    throw new NoMatchingClause("no clause matches for any member of the chain; `cnibench list clauses` prints them");
  const rows = reports.flatMap(({ conformance }) => conformance);
  const own = reports.find((report) => report.plugin === plugin);
  const judged = own?.conformance ?? rows;
  return {
    ...(own ?? whole),
    plugin,
    verdicts: verdictsOf(judged, whole.specVersions, false),
    verdictsWithoutGoSkeleton: verdictsOf(judged, whole.specVersions, true),
    conformance: rows,
    warnings: reports.flatMap(({ warnings }) => warnings),
  };
}
