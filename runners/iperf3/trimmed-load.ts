/**
 * A TCP load whose warm-up is trimmed from the intervals that both ends report (docs/method.md, "Load"), instead of
 * omitted by iperf3, which can only omit whole seconds.
 */
import { listAt, numberAt, stringAt, valueAt } from "../../core/untrusted-json.ts";
import { intervalFor } from "./intervals.ts";

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
 * Plans a load. Whole seconds of the warm-up extend it; the rest of the trimmed intervals is taken from its duration.
 * @param duration whole seconds
 * @param warmUp seconds, in tenths
 * @param streams in all directions
 */
export function trimmedLoad(duration: number, warmUp: number, streams: number): TrimmedLoad {
  const seconds = Math.floor(duration + tenths(warmUp) / 10);
  const interval = intervalFor(seconds, streams, usualInterval(tenths(warmUp) / 10));
  const trim = (Math.ceil(tenths(warmUp) / tenths(interval)) * tenths(interval)) / 10;
  const [flags, note] = [["-i", String(interval)], `trim ${trim} s, intervals of ${interval} s`];
  return {
    seconds,
    measuredSeconds: seconds - trim,
    serverFlags: ["-J", ...flags],
    clientFlags: ["-t", String(seconds), ...flags, "--get-server-output", "--extra-data", note],
  };
}

/** Returns the length of the intervals of a short load, in seconds. */
function usualInterval(trim: number): 0.1 | 1 {
  return Number.isInteger(trim) ? 1 : 0.1;
}

/** The start of a load that is trimmed, and the length of its intervals. In seconds. */
export interface Trim {
  readonly trim: number;
  readonly interval: number;
}

/** Returns what the output of a client names, or null for an output without any. Older runs name no intervals. */
export function trimOf(json: unknown): Trim | null {
  const note = /^trim (\d+(?:\.\d)?) s(?:, intervals of (\d+(?:\.\d)?) s)?$/;
  const [, seconds, interval] = note.exec(stringAt(json, "extra_data") ?? "") ?? [];
  if (seconds === undefined) return null;
  const trim = Number(seconds);
  return { trim, interval: interval === undefined ? usualInterval(trim) : Number(interval) };
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
