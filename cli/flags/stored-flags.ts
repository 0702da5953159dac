/** Converts the stored form of a run's choices to the flags of a command that would choose the same. */
import { parseCniArgs } from "../../cni/index.ts";
import type { Host } from "../../core/host.ts";
import type { RunFile } from "../../results/index.ts";
import { findKind } from "./choose-cluster.ts";
import type { ChoiceFlags } from "./run-choices.ts";

/** Returns the flags that a stored run was started with. */
export function toFlags({ homeDir }: Pick<Host, "homeDir">, { definition, plan, seed }: RunFile): ChoiceFlags {
  const { plugins, cluster, conf, binDirs, cniArgs, underlay, only, exploratory, keepAwake, redacted } = definition;
  const expandHome = (path: string): string =>
    path.replace(/(^|@)~(?=\/|$)/, (_, before: string) => `${before}${homeDir}`);
  return {
    ...(plugins === null ? {} : { plugins: plugins.map(expandHome) }),
    cluster,
    ...(conf.length === 0 ? {} : { conf: conf.map(expandHome) }),
    binDir: binDirs.map(expandHome),
    ...(cniArgs === undefined ? {} : { cniArgs: parseCniArgs(cniArgs) }),
    nodes: plan.nodes,
    underlayMtu: underlay.mtu,
    ...(underlay.rate === null ? {} : { underlayRate: underlay.rate }),
    ...(underlay.delay === null ? {} : { underlayDelay: underlay.delay }),
    ...(underlay.loss === undefined ? {} : { underlayLoss: underlay.loss }),
    ...findKind(plan.cluster, []).options?.toFlags(definition, expandHome),
    seed,
    only,
    ...(exploratory && { exploratory }),
    ...(keepAwake === false && { keepAwake }),
    redact: redacted,
  };
}
