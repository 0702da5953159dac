/**
 * A TCP load whose warm-up is trimmed from the intervals that both ends report (docs/method.md, "Load"), instead of
 * omitted by iperf3, which can only omit whole seconds.
 */
import { listAt, numberAt, stringAt, valueAt } from "../../core/untrusted-json.ts";

/** Length of the intervals of a load with a fraction of a second to trim, and of all other loads. */
const [SHORT_INTERVAL_S, INTERVAL_S] = [0.1, 1];

interface TrimmedLoad {
  /** Seconds of load, including the warm-up. iperf3 takes whole seconds. */
  readonly seconds: number;
  readonly measuredSeconds: number;
  /** Options of the server. */
  readonly serverFlags: readonly string[];
  /** Options of the client. The output contains that of the server, and what to trim. */
  readonly clientFlags: readonly string[];
}

/**
 * Plans a load. Whole seconds of the warm-up extend it; a fraction is taken from its duration.
 * @param duration whole seconds
 * @param warmUp seconds, in tenths
 */
export function trimmedLoad(duration: number, warmUp: number): TrimmedLoad {
  const trim = tenths(warmUp) / 10;
  const seconds = Math.floor(duration + trim);
  const interval = ["-i", String(intervalOf(trim))];
  return {
    seconds,
    measuredSeconds: seconds - trim,
    serverFlags: ["-J", ...interval],
    clientFlags: ["-t", String(seconds), ...interval, "--get-server-output", "--extra-data", `trim ${trim} s`],
  };
}

/** Returns the length of the intervals of a load, in seconds. @param trim seconds */
export function intervalOf(trim: number): number {
  return Number.isInteger(trim) ? INTERVAL_S : SHORT_INTERVAL_S;
}

/** Returns the seconds to trim that the output of a client names, or null for an output without any. */
export function trimOf(json: unknown): number | null {
  const seconds = /^trim (\d+(?:\.\d)?) s$/.exec(stringAt(json, "extra_data") ?? "")?.[1];
  return seconds === undefined ? null : Number(seconds);
}

/** The traffic in one direction after the warm-up. */
interface Traffic {
  readonly bytes: number;
  readonly seconds: number;
  /** null if the sender does not report them. */
  readonly retransmits: number | null;
}

/**
 * Returns the traffic that one end of a load reports, or null if it reports none.
 * @param json output of that end
 * @param isSender whether to return what it sent, or what it received
 */
export function trafficAfter(trim: number, json: unknown, isSender: boolean): Traffic | null {
  const sums = intervalSums(json, isSender).filter((sum) => tenths(numberAt(sum, "start") ?? -1) >= tenths(trim));
  if (sums.length === 0) return null;
  const total = (key: string): number => sums.reduce<number>((sum, each) => sum + (numberAt(each, key) ?? NaN), 0);
  const [bytes, seconds, retransmits] = [total("bytes"), total("seconds"), total("retransmits")];
  if (Number.isNaN(bytes) || !(seconds > 0)) return null;
  return { bytes, seconds, retransmits: Number.isNaN(retransmits) ? null : retransmits };
}

/** Returns what one end of a load reports for each interval about all streams of a direction. */
export function intervalSums(json: unknown, isSender: boolean): readonly unknown[] {
  return listAt(json, "intervals")
    .flatMap((interval) => [valueAt(interval, "sum"), valueAt(interval, "sum_bidir_reverse")])
    .filter((sum) => valueAt(sum, "sender") === isSender);
}

/** Timers expire a little late, so intervals do not begin exactly at tenths of a second. */
function tenths(seconds: number): number {
  return Math.round(seconds * 10);
}
