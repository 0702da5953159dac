/** How throughput, retransmits and loss changed during a load, from the intervals that both ends of iperf3 report. */
import { numberAt } from "../../core/untrusted-json.ts";
import { MAX_SERIES_VALUES, roundDetail, type Series } from "../../results/index.ts";
import { intervalSums } from "./trimmed-load.ts";

/** A last interval below this share of the nominal length is the rest of a load, with too little data for a rate. */
const MIN_LENGTH = 0.5;
/** Sums of one direction in adjacent intervals. NaN: not reported. */
type Sums = Readonly<Record<(typeof KEYS)[number], number>>;
const KEYS = ["bytes", "seconds", "retransmits", "packets", "lost_packets"] as const;

/** The quantities of a load, by the name of their metric: the value of an interval of one direction. */
const QUANTITIES = {
  throughput: { unit: "bit/s", valueOf: ({ bytes, seconds }: Sums) => (8 * bytes) / seconds },
  retransmits: { unit: "1", valueOf: ({ retransmits }: Sums) => retransmits },
  /** Share of the packets that the receiver expected; a packet that arrives late was counted as lost before. */
  loss: { unit: "1", valueOf: (sums: Sums) => Math.max(0, sums.lost_packets / sums.packets) },
} as const;

/** One direction of a load. */
export interface Flow {
  /** Output of the end that reports the quantity. */
  readonly json: unknown;
  readonly isSender: boolean;
}

interface Timing {
  /** Seconds at the start of the load that are not part of the values. */
  readonly warmUp: number;
  /** Length of an interval, in seconds. */
  readonly interval: number;
}

/** Returns the sum of a quantity over all directions in each interval; an empty list if an end reports none. */
export function intervalSeries(
  name: keyof typeof QUANTITIES,
  flows: readonly Flow[],
  { warmUp, interval }: Timing,
): readonly Series[] {
  const { unit, valueOf } = QUANTITIES[name];
  const directions = flows.map((flow) => sumsByInterval(flow, interval));
  const count = Math.min(...directions.map(({ length }) => length));
  const perValue = Math.ceil(count / MAX_SERIES_VALUES);
  const values = Array.from({ length: Math.ceil(count / (perValue || 1)) }, (_, index) => {
    const [from, to] = [index * perValue, Math.min(count, (index + 1) * perValue)];
    const value = directions.reduce((sum, intervals) => sum + valueOf(merge(intervals.slice(from, to))), 0);
    return Number.isFinite(value) ? roundDetail(value) : null;
  });
  if (values.every((value) => value === null)) return [];
  return [{ name, unit, start: warmUp === 0 ? 0 : -warmUp, interval: roundDetail(perValue * interval), values }];
}

/**
 * Returns the sums of each interval. On a busy machine an interval ends late and the next one is shorter, so that the
 * number of an interval shows its time better than its start.
 */
function sumsByInterval({ json, isSender }: Flow, interval: number): readonly Sums[] {
  const found = intervalSums(json, isSender).map(
    (sum) => Object.fromEntries(KEYS.map((key) => [key, numberAt(sum, key) ?? NaN])) as Sums,
  );
  const isRest = (found.at(-1)?.seconds ?? NaN) < MIN_LENGTH * interval;
  return isRest ? found.slice(0, -1) : found;
}

function merge(intervals: readonly Sums[]): Sums {
  const total = (key: keyof Sums): number => intervals.reduce((sum, each) => sum + each[key], 0);
  return Object.fromEntries(KEYS.map((key) => [key, total(key)])) as Sums;
}
