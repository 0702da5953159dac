/** Whether a throughput is what the link carries, and not what the plugin can (method, rule 13). */
import type { Warning } from "../core/model.ts";

/** Share of the link's rate from which on it is the link that limits: the rest is headers. */
const SATURATED_SHARE = 0.95;

/** @param throughput bit/s in the direction that the link carries most of. @param rate bit/s; null: not limited. */
export function linkWarnings(throughput: number, rate: number | null): Warning[] {
  if (rate === null || throughput < SATURATED_SHARE * rate) return [];
  const percent = ((100 * throughput) / rate).toFixed(0);
  return [
    {
      code: "link-limited",
      message: `the throughput is ${percent} % of the ${(rate / 1e6).toFixed(0)} Mbit/s that the link carries: compare cpu-per-gbit instead`,
    },
  ];
}
