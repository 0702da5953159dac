/** How often both ends of a load report: often enough for a series, but within the output limit. */
import { MAX_SERIES_VALUES } from "../../results/index.ts";

/** Lengths of intervals in seconds. iperf3 accepts 0.1 to 60. */
export type IntervalSeconds = (typeof INTERVALS_S)[number];
const INTERVALS_S = [0.1, 1, 10, 60] as const;
/** A load reports each stream and their sum in each interval, on both ends: 0.8 kB in all, of 16 MiB of output. */
const MAX_REPORTED = 10_000;

/**
 * Returns the length of the intervals of a load. Those below a second are used as long as a series keeps all values.
 * @param seconds of load
 * @param streams in all directions
 * @param shortest length of an interval that the caller can use
 */
export function intervalFor(seconds: number, streams: number, shortest: IntervalSeconds): IntervalSeconds {
  const isSuitable = (interval: IntervalSeconds): boolean => {
    const count = seconds / interval;
    return (
      interval >= shortest && count * (streams + 1) <= MAX_REPORTED && (interval >= 1 || count <= MAX_SERIES_VALUES)
    );
  };
  return INTERVALS_S.find(isSuitable) ?? 60;
}
