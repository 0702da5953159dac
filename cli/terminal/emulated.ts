/** The notice, before anything boots, that the nodes are emulated. */
import type { ClusterSpec } from "../../clusters/cluster.ts";
import type { ClusterKind } from "../../clusters/cluster-kind.ts";

/**
 * Prints the notice if the nodes will be emulated. Problems of the cluster are reported elsewhere.
 * @throws the signal's reason
 */
export async function warnIfEmulated(kind: ClusterKind, spec: ClusterSpec, signal: AbortSignal): Promise<void> {
  if (kind.isEmulated === undefined || (await kind.check(spec)).length > 0) return;
  if (await kind.isEmulated(spec, signal))
    process.stderr.write(
      "the nodes are emulated in software: verdicts are valid, performance numbers are shown but never ranked\n",
    );
}
