/** Detects a throughput that is limited by the link and not by the plugin (docs/method.md, "Environment"). */
import type { Warning } from "../../core/model.ts";

/** Share of the link's rate from which on the link is the limit: headers take the rest. */
const SATURATED_SHARE = 0.95;

/**
 * Returns a warning if the link is saturated.
 * @param throughput bit/s in the busier direction of the link
 * @param rate bit/s; null: unlimited
 */
export function linkWarnings(throughput: number, rate: number | null): Warning[] {
  if (rate === null || throughput < SATURATED_SHARE * rate) return [];
  const percent = ((100 * throughput) / rate).toFixed(0);
  const mbits = (rate / 1e6).toFixed(0);
  return [
    {
      code: "link-limited",
      message: `throughput is ${percent} % of the link rate (${mbits} Mbit/s); compare cpu-per-gbit instead`,
    },
  ];
}
