import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseUdp } from "../../../runners/iperf3/udp.ts";

const captured = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../fixtures/iperf3", name), "utf8");

describe("counts received packets, not sent packets", () => {
  test.each([
    ["iperf3-3.12-udp.json", 598720764.028076, 105104 / 158660],
    ["iperf3-3.18-udp.json", 5246268972.425877, 20492 / 489960],
    ["iperf3-3.12-udp-100M.json", 99897118.6215295, 0],
  ])("%s", (name, throughput, loss) => {
    const result = parseUdp(captured(name), 1e6);
    expect(result.throughput).toBe(throughput);
    expect(result.loss).toBeCloseTo(loss, 12);
  });

  test("jitter in seconds", () => {
    expect(parseUdp(captured("iperf3-3.12-udp.json"), 1e6).jitter).toBeCloseTo(0.3057666e-3, 9);
  });
});

/** A captured result with other counts. */
function withCounts(sent: number, expected: number, lost: number): string {
  const json = JSON.parse(captured("iperf3-3.12-udp.json")) as {
    end: Record<string, { packets: number; lost_packets: number }>;
  };
  Object.assign(json.end.sum_sent!, { packets: sent });
  Object.assign(json.end.sum_received!, { packets: expected, lost_packets: lost });
  return JSON.stringify(json);
}

test("the loss includes packets that the receiver does not expect", () => {
  expect(parseUdp(withCounts(1000, 900, 100), 1e6).loss).toBeCloseTo(0.2, 12);
});

test.each([
  [0, 0, 0],
  [100, 100, 101],
  [100, 110, -5],
])("%i sent, %i expected, %i lost are inconsistent", (sent, expected, lost) => {
  expect(() => parseUdp(withCounts(sent, expected, lost), 1e6)).toThrow(/inconsistent packet counts/);
});

test("warns about a sender that does not reach the offered rate, with both rates", () => {
  expect(parseUdp(captured("iperf3-3.12-udp.json"), 10e9).warnings).toEqual([
    { code: "rate-not-reached", message: expect.stringMatching(/1774 of 10000 Mbit\/s/) as string },
  ]);
  expect(parseUdp(captured("iperf3-3.12-udp-100M.json"), 100e6).warnings).toEqual([]);
});

test("a document without the receiver's counts is a failure", () => {
  expect(() => parseUdp('{"end":{"sum_sent":{"packets":3}}}', 1e6)).toThrow("without packets of the receiver");
  expect(() => parseUdp("", 1e6)).toThrow("not JSON: empty");
});

test("a throughput of 0 is a failure unless every packet was lost", () => {
  const idle = (lost: number): string =>
    withCounts(100, 100, lost).replaceAll(/"bits_per_second":[^,}]+/g, '"bits_per_second":0');
  expect(() => parseUdp(idle(99), 1e6)).toThrow("0 bit/s received, but 1 packets arrived");
  expect(parseUdp(idle(100), 1e6)).toMatchObject({ throughput: 0, loss: 1 });
});

test("loads of more than a minute have intervals of one second, so that their output stays small", () => {
  const intervalIn = (seconds: number): number | undefined => {
    const text = captured("iperf3-3.12-udp-20M-intervals.json").replaceAll(/("duration":\s*)1,/g, `$1${seconds},`);
    return parseUdp(text, 20e6).series?.[0]?.interval;
  };
  expect([intervalIn(1), intervalIn(60), intervalIn(61)]).toEqual([0.1, 0.1, 1]);
});
