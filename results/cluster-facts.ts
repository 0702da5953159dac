/** The facts about a cluster in the form in which two runs or sessions are compared. */
import type { Environment } from "./environment-facts.ts";

/** Returns the facts with a text where null is a value, and with those that older runs do not store. */
export function describeCluster(cluster: Environment["cluster"]): object {
  const { underlayRate, underlayDelay, underlayLoss, keepAwake, interleaving, cpuAccounting = "machine" } = cluster;
  const described = (value: number | null | undefined, unit: string): string =>
    value == null ? "none" : `${value}${unit}`;
  return {
    ...cluster,
    underlayRate: described(underlayRate, " bit/s"),
    underlayDelay: described(underlayDelay, " s"),
    underlayLoss: described(underlayLoss, ""),
    interleaving: interleaving?.applied === true ? "yes" : withReason("no", interleaving?.reason),
    cpuAccounting,
    keepAwake: keepAwake?.means ?? withReason("no", keepAwake?.reason),
  };
}

function withReason(value: string, reason: string | null | undefined): string {
  return reason == null ? value : `${value} (${reason})`;
}
