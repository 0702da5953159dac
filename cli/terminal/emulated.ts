/** The notice, before anything boots, that the nodes are emulated. */
import type { ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";

/**
 * Prints the notice if the nodes will be emulated. Problems of the cluster are reported elsewhere.
 * @throws the signal's reason
 */
export async function warnIfEmulated(host: Host, kind: ClusterKind, spec: ClusterSpec): Promise<void> {
  if (kind.isEmulated === undefined || (await kind.check(host, spec)).length > 0) return;
  if (await kind.isEmulated(host, spec))
    process.stderr.write(
      "the nodes are emulated in software: verdicts are valid, performance numbers are shown but never ranked\n",
    );
}
