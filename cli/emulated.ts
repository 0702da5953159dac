/** Said before anything boots: the nodes of a cluster are emulated. */
import type { ClusterKind, ClusterSpec } from "../clusters/cluster.ts";

/** What stands in the way of such a cluster is told by others. @throws the signal's reason. */
export async function warnIfEmulated(kind: ClusterKind, spec: ClusterSpec, signal: AbortSignal): Promise<void> {
  if (kind.isEmulated === undefined || (await kind.check(spec)).length > 0) return;
  if (await kind.isEmulated(spec, signal))
    process.stderr.write(
      "the nodes are emulated in software: verdicts stand, performance numbers are shown but never ranked\n",
    );
}
