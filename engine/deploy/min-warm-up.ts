/** How long TCP loads on a cluster must be warmed up: a fact that must match before two numbers are compared. */
import type { ClusterFacts } from "../../clusters/index.ts";

/** Seconds across a network, where congestion windows grow for many round trips. */
const NETWORK_WARM_UP_S = 1;

/**
 * Returns the seconds of load, at least, after which TCP rates have settled. In the memory of one machine, they settle
 * within the shortest warm-up that a suite can set.
 */
export function minWarmUpOf(facts: ClusterFacts): number {
  const { sameHost, emulated, underlayRate, underlayDelay, underlayLoss } = facts;
  const isPlain = underlayRate === null && underlayDelay === null && underlayLoss === null;
  return sameHost && !emulated && isPlain ? 0 : NETWORK_WARM_UP_S;
}
