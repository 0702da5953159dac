/** Tests a plugin with the profile that cnibench ships for it. */
import { setMaxListeners } from "node:events";
import type { SpecVersion } from "../../cni/spec-versions.ts";
import type { ConformanceReport } from "../../results/verdicts.ts";
import type { ConformanceRow } from "../../results/clause-result.ts";
import { runConformance } from "../../conformance/session/conformance-run.ts";
import { shippedProfile } from "../../conformance/under-test/profile-file.ts";
import { BIN, type Lab } from "./lab.ts";

/** @param only comma-separated ids of clauses (default: all) */
export async function runShippedProfile(
  lab: Lab,
  plugin: string,
  versions: readonly SpecVersion[] | null,
  only?: string,
): Promise<ConformanceReport> {
  const described = shippedProfile(plugin);
  if (described === null) throw new Error(`cnibench ships no profile for ${plugin}`);
  const { signal } = new AbortController();
  setMaxListeners(0, signal); // every running command adds a listener
  return runConformance({
    ...{ plugin, ...described, nodes: [lab.node.shell], pluginPath: [BIN], jobs: 3, signal },
    ...(versions && { versions }),
    ...(only !== undefined && { only }),
  });
}

/** Ids of violated clauses, without deviations of the Go skeleton and levels below SHOULD. */
export function brokenClauses(rows: readonly ConformanceRow[]): string[] {
  const broken = rows.filter(
    ({ status, level, goSkeleton }) =>
      status === "fail" && !goSkeleton && ["MUST", "derived", "SHOULD"].includes(level),
  );
  return broken.map(({ clause }) => clause).sort();
}
