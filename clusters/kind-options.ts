/** The options that a cluster kind has on the command line. */
import { integerParser } from "../core/quantities.ts";
import type { ClusterKind } from "./cluster-kind.ts";
import type { OptionSpec } from "./option-spec.ts";

/** The option of all kinds that create several clusters at once. */
const CLUSTERS_AT_ONCE: OptionSpec = {
  flags: "--clusters-at-once <n>",
  description: "clusters to create at once",
  defaultText: "as CPUs and memory allow",
  parse: integerParser(1, 16),
  commands: ["run"],
  requirement: (kind) => `${kind} clusters are created one after the other; omit it`,
};

/** Returns the options of a kind, including those of its capabilities. */
export function optionsOf(kind: ClusterKind): readonly OptionSpec[] {
  return [...(kind.options?.specs ?? []), ...(kind.maxClustersAtOnce === undefined ? [] : [CLUSTERS_AT_ONCE])];
}
