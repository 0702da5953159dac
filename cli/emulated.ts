/** Said as soon as it is known: the nodes of a cluster are emulated. */
import type { ClusterFacts } from "../clusters/cluster.ts";

export function tellEmulated({ emulated }: ClusterFacts): void {
  if (emulated) process.stderr.write("the nodes are emulated in software: verdicts stand, performance numbers are shown but never ranked\n");
}
