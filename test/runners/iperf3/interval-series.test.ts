/** How a quantity changed during a load, in real outputs of iperf3. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Series } from "../../../results/index.ts";
import { intervalSeries } from "../../../runners/iperf3/interval-series.ts";
import { parseIperf3, type TcpDirection } from "../../../runners/iperf3/tcp.ts";
import { parseUdp } from "../../../runners/iperf3/udp.ts";

const captured = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../fixtures/iperf3", name), "utf8");
const measuredPart = ({ start, interval, values }: Series): readonly (number | null)[] =>
  values.slice(Math.round(-start / interval));
const sumOf = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? NaN), 0);

describe("TCP", () => {
  it.each<[string, TcpDirection]>([
    ["iperf3-3.12-tcp-P2-trim.json", "forward"],
    ["iperf3-3.12-reverse-P2-trim.json", "reverse"],
    ["iperf3-3.12-bidir-P2-trim.json", "both"],
    ["iperf3-3.21-bidir-P2-trim.json", "both"],
  ])("%s: intervals of the warm-up and of the values", (name, direction) => {
    const { throughput, retransmits, series } = parseIperf3(captured(name), direction);
    expect(series).toMatchObject([
      { name: "throughput", unit: "bit/s", start: -0.2, interval: 0.1 },
      { name: "retransmits", unit: "1", start: -0.2, interval: 0.1 },
    ]);
    const [rates, lost] = series.map(measuredPart) as [readonly number[], readonly number[]];
    expect(rates.length).toBeGreaterThanOrEqual(7);
    // Intervals differ by a millisecond in length, so the mean of the rates is close to the rate of all.
    expect(sumOf(rates) / rates.length / throughput).toBeCloseTo(1, 1);
    // The ends report one interval more or less, so that the sum of both directions lacks it.
    if (direction === "both") expect(sumOf(lost)).toBeLessThanOrEqual(retransmits ?? NaN);
    else expect(sumOf(lost)).toBe(retransmits);
  });

  it("has no series of an output without intervals of the receiver", () => {
    expect(parseIperf3(captured("iperf3-3.12-tcp-P2-O1.json")).series).toEqual([]);
  });
});

describe("UDP", () => {
  it("has throughput and loss in the intervals of the receiver", () => {
    const { throughput, loss, series = [] } = parseUdp(captured("iperf3-3.12-udp-lossy-intervals.json"), 4e9);
    expect(series).toMatchObject([
      { name: "throughput", unit: "bit/s", start: 0, interval: 0.1 },
      { name: "loss", unit: "1", start: 0, interval: 0.1 },
    ]);
    const [rates, losses] = series.map(({ values }) => values) as [readonly number[], readonly number[]];
    expect([rates.length, losses.length]).toEqual([10, 10]);
    expect(sumOf(rates) / 10 / throughput).toBeCloseTo(1, 1);
    expect(losses[0]).toBe(0.591122);
    expect(sumOf(losses) / 10).toBeCloseTo(loss, 1);
  });

  it("has no loss where every packet arrived", () => {
    const { series = [] } = parseUdp(captured("iperf3-3.12-udp-20M-intervals.json"), 20e6);
    expect(series[1]?.values).toEqual(Array.from({ length: 10 }, () => 0));
  });

  it("has no series of an output without that of the server", () => {
    expect(parseUdp(captured("iperf3-3.12-udp.json"), 1e6)).not.toHaveProperty("series");
  });
});

/** Returns the output of an end with these sums. */
function output(...sums: readonly object[]): unknown {
  return { intervals: sums.map((sum) => ({ sum: { seconds: 0.1, sender: false, ...sum } })) };
}

function series(json: unknown, name: "throughput" | "loss" = "throughput"): readonly Series[] {
  return intervalSeries(name, [{ json, isSender: false }], { warmUp: 0, interval: 0.1 });
}

describe("intervals", () => {
  it("without a number are null, and a short rest of the load is omitted", () => {
    const json = output({ bytes: 100 }, {}, { bytes: 300, seconds: 0.2 }, { seconds: 0.01, bytes: 9 });
    expect(series(json)).toEqual([
      { name: "throughput", unit: "bit/s", start: 0, interval: 0.1, values: [8000, null, 12000] },
    ]);
  });

  it("without packets have no loss, and a late packet does not make it negative", () => {
    const counts = [
      [4, 1],
      [0, 0],
      [5, -1],
    ];
    const sums = counts.map(([packets, lost]) => ({ packets, lost_packets: lost }));
    expect(series(output(...sums), "loss")).toMatchObject([{ unit: "1", values: [0.25, null, 0] }]);
  });

  it("are merged so that a series has at most 600 values", () => {
    const sums = Array.from({ length: 1201 }, (_, i) => ({ bytes: i % 3 === 0 ? 300 : 0 }));
    const [merged] = series(output(...sums));
    expect(merged).toMatchObject({ interval: 0.3 });
    expect(merged?.values).toHaveLength(401);
    expect(merged?.values.slice(0, 2)).toEqual([8000, 8000]);
    expect(merged?.values.at(-1)).toBe(24000);
  });

  it.each([[{}], [output()], [output({})], [output({ bytes: 1, seconds: 0 })], ["text"]])(
    "of %j: no series",
    (json) => {
      expect(series(json)).toEqual([]);
    },
  );
});
