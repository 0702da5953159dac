/** Why something in a plan cannot be measured, as sentences for the plan and the reports. Pure. */
import type { Family } from "../core/family.ts";
import type { MetricName, Path } from "../core/model.ts";
import type { Plugin } from "../plugins/plugin.ts";
import type { Runner } from "../runners/runner.ts";
import type { Lack } from "./probe.ts";

/** undefined: nothing stands in the way. @param plugin null for the baseline. */
export function cannotDeploy(plugin: Plugin | null, family: Family, lacking: ReadonlySet<Lack>): string | undefined {
  const lack = plugin?.bare.links.find((link) => lacking.has(link)) ?? (family !== "ipv4" && lacking.has("IPv6") ? "IPv6" : undefined);
  if (lack !== undefined) return `the kernel lacks ${lack}`;
  if (plugin === null || plugin.bare.families.includes(family)) return undefined;
  return `${plugin.name} gives pods only ${plugin.bare.families.join(", ")}, not ${family}`;
}

export function tooFewNodes(path: Path, nodes: number): string | undefined {
  return path !== "same-node" && nodes < 2 ? `path ${path} needs two nodes; ask for them with --nodes 2` : undefined;
}

export function tooOld(runner: Runner, metric: MetricName, { name, bare }: Plugin): string | undefined {
  const since = runner.scope === "lifecycle" ? runner.since[metric] : undefined;
  if (since === undefined || bare.specVersion >= since) return undefined;
  return `the configuration of ${name} is of spec ${bare.specVersion}; this needs ${since}`;
}
