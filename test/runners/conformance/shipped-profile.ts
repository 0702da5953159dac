/** A plugin with the profile that cnibench ships, in a lab. */
import { setMaxListeners } from "node:events";
import type { SpecVersion } from "../../../cni/version.ts";
import type { ConformanceReport, ConformanceRow } from "../../../results/verdicts.ts";
import { runConformance } from "../../../runners/conformance/run.ts";
import { shippedProfile } from "../../../runners/conformance/profile-file.ts";
import { BIN, type Lab } from "./lab.ts";

/** @param only ids of clauses, commas between them; every clause when left out */
export async function runShippedProfile(
  lab: Lab,
  plugin: string,
  versions: readonly SpecVersion[] | null,
  only?: string,
): Promise<ConformanceReport> {
  const described = shippedProfile(plugin);
  if (described === null) throw new Error(`no profile is shipped for ${plugin}`);
  const { signal } = new AbortController();
  setMaxListeners(0, signal); // every running command listens
  return runConformance({
    ...{ plugin, ...described, nodes: [lab.node.shell], pluginPath: [BIN], jobs: 3, signal },
    ...(versions && { versions }),
    ...(only !== undefined && { only }),
  });
}

/** Ids of clauses that a report says are broken, what the Go skeleton and levels below SHOULD have left out. */
export function brokenClauses(rows: readonly ConformanceRow[]): string[] {
  const broken = rows.filter(
    ({ status, level, goSkeleton }) =>
      status === "fail" && !goSkeleton && ["MUST", "derived", "SHOULD"].includes(level),
  );
  return broken.map(({ clause }) => clause).sort();
}
