import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { parseIperf3, type TcpDirection } from "../../../runners/iperf3/tcp.ts";
import { trafficAfter, trimmedLoad, trimOf } from "../../../runners/iperf3/trimmed-load.ts";

interface Sum {
  readonly start: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly retransmits?: number;
}
interface Ended {
  readonly intervals: readonly Readonly<Record<"sum" | "sum_bidir_reverse", Sum>>[];
}
interface ClientOutput extends Ended {
  extra_data?: string;
  server_output_json?: Ended;
}

/** Captured output; the name contains the iperf3 version and the options. All are trimmed by 0.2 s. */
const captured = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../fixtures/iperf3", name), "utf8");
const parsed = (name: string): ClientOutput => JSON.parse(captured(name)) as ClientOutput;
const settled = (end: Ended | undefined, key: "sum" | "sum_bidir_reverse"): readonly Sum[] =>
  (end?.intervals ?? []).map((interval) => interval[key]).filter(({ start }) => start > 0.19);
const rateOf = (sums: readonly Sum[]): number =>
  (8 * sums.reduce((sum, { bytes }) => sum + bytes, 0)) / sums.reduce((sum, { seconds }) => sum + seconds, 0);
const lost = (sums: readonly Sum[]): number => sums.reduce((sum, { retransmits = NaN }) => sum + retransmits, 0);

describe("trimmedLoad", () => {
  it.each([
    { duration: 10, warmUp: 1, seconds: 11, measured: 10, interval: "1" },
    { duration: 1, warmUp: 0.2, seconds: 1, measured: 0.8, interval: "0.1" },
    { duration: 10, warmUp: 2.5, seconds: 12, measured: 9.5, interval: "0.1" },
    { duration: 1, warmUp: 1, seconds: 2, measured: 1, interval: "1" },
    { duration: 60, warmUp: 0.3, seconds: 60, measured: 59.7, interval: "0.1" },
    { duration: 61, warmUp: 0.3, seconds: 61, measured: 60, interval: "1" },
    { duration: 3600, warmUp: 0.3, seconds: 3600, measured: 3599, interval: "1" },
    { duration: 10, warmUp: 0.2, streams: 128, seconds: 10, measured: 9, interval: "1" },
    { duration: 3600, warmUp: 1, streams: 256, seconds: 3601, measured: 3541, interval: "60" },
  ])("$duration s with a warm-up of $warmUp s: $seconds s", (load) => {
    const { duration, warmUp, streams = 1, seconds, measured, interval } = load;
    const planned = trimmedLoad(duration, warmUp, streams);
    expect(planned.seconds).toBe(seconds);
    expect(planned.measuredSeconds).toBeCloseTo(measured, 9);
    expect(planned.serverFlags).toEqual(["-J", "-i", interval]);
    const trim = Number((seconds - measured).toFixed(1));
    const note = `trim ${trim} s, intervals of ${interval} s`;
    const flags = ["-t", String(seconds), "-i", interval, "--get-server-output", "--extra-data", note];
    expect(planned.clientFlags).toEqual(flags);
    expect(trimOf({ extra_data: note })).toEqual({ trim, interval: Number(interval) });
  });

  it.each([
    ["trim 0.2 s", { trim: 0.2, interval: 0.1 }],
    ["trim 2 s", { trim: 2, interval: 1 }],
    ["trim", null],
  ])("the output of an older run with %j", (note, expected) => {
    expect(trimOf({ extra_data: note })).toEqual(expected);
  });
});

describe("values are those of the receiver and the sender after the warm-up", () => {
  test("forward", () => {
    const name = "iperf3-3.12-tcp-P2-trim.json";
    const { throughput, retransmits } = parseIperf3(captured(name));
    const json = parsed(name);
    expect(throughput).toBeCloseTo(rateOf(settled(json.server_output_json, "sum")), 0);
    expect(retransmits).toBe(lost(settled(json, "sum")));
  });

  test("reverse", () => {
    const name = "iperf3-3.12-reverse-P2-trim.json";
    const { throughput, retransmits } = parseIperf3(captured(name), "reverse");
    const json = parsed(name);
    expect(throughput).toBeCloseTo(rateOf(settled(json, "sum")), 0);
    expect(retransmits).toBe(lost(settled(json.server_output_json, "sum")));
  });

  test.each(["3.12", "3.21"])("both, version %s: the sums of both directions", (version) => {
    const name = `iperf3-${version}-bidir-P2-trim.json`;
    const { throughput, retransmits } = parseIperf3(captured(name), "both");
    const json = parsed(name);
    const [client, server] = [settled(json, "sum_bidir_reverse"), settled(json.server_output_json, "sum")];
    expect(throughput).toBeCloseTo(rateOf(client) + rateOf(server), 0);
    expect(retransmits).toBe(lost(settled(json, "sum")) + lost(settled(json.server_output_json, "sum_bidir_reverse")));
  });
});

describe("bytes of the warm-up do not count", () => {
  const sum = (start: number, bytes: number): object => ({
    sum: { start, bytes, seconds: 0.1, sender: false, retransmits: 1 },
  });
  const slowStart = [sum(0, 1), sum(0.1003, 1), sum(0.2004, 100), sum(0.3021, 300)];

  it("sums the intervals that begin after it, a little late as timers do", () => {
    expect(trafficAfter(0.2, { intervals: slowStart }, false)).toEqual({ bytes: 400, seconds: 0.2, retransmits: 2 });
  });

  it("finds nothing of the other direction, after the end, or in damaged intervals", () => {
    expect(trafficAfter(0.2, { intervals: slowStart }, true)).toBeNull();
    expect(trafficAfter(0.4, { intervals: slowStart }, false)).toBeNull();
    expect(trafficAfter(0, { intervals: [{ sum: { start: 0, seconds: 1, sender: false } }] }, false)).toBeNull();
    expect(
      trafficAfter(0, { intervals: [{ sum: { start: 0, bytes: 1, seconds: 0, sender: false } }] }, false),
    ).toBeNull();
    expect(trafficAfter(0, {}, false)).toBeNull();
  });
});

test.each<[string, TcpDirection]>([
  ["iperf3-3.12-tcp-P2-trim.json", "forward"],
  ["iperf3-3.12-bidir-P2-trim.json", "both"],
])("%s without the output of the server is rejected", (name, direction) => {
  const json = parsed(name);
  delete json.server_output_json;
  expect(() => parseIperf3(JSON.stringify(json), direction)).toThrow("without a result of the receiver");
});

test("a load of which nothing arrived after the warm-up is rejected", () => {
  const json = parsed("iperf3-3.12-tcp-P2-trim.json");
  const silent = json.server_output_json?.intervals.map((each) => ({ sum: { ...each.sum, bytes: 0 } }));
  expect(() => parseIperf3(JSON.stringify({ ...json, server_output_json: { intervals: silent } }))).toThrow(
    "0 bit/s received",
  );
});

test("the entire load counts if the output names no warm-up", () => {
  const name = "iperf3-3.12-tcp-P2-trim.json";
  const json = parsed(name) as ClientOutput & { end: { sum_received: { bits_per_second: number } } };
  delete json.extra_data;
  expect(parseIperf3(JSON.stringify(json)).throughput).toBe(json.end.sum_received.bits_per_second);
});
