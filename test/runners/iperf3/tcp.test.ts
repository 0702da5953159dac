import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Output } from "../../../core/shell.ts";
import { parseIperf3 } from "../../../runners/iperf3/tcp.ts";
import { failureOf, generatorWarnings } from "../../../runners/iperf3/tool.ts";
import { outputOf } from "../../helpers/fake-host.ts";

/** Captured output; the name contains the iperf3 version and the options. */
const captured = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../fixtures/iperf3", name), "utf8");

const output = (fields: Partial<Output>): Output => outputOf(["iperf3"], { where: "pod a", ...fields });

const RESULT = '{"intervals": [{}],\n"end": {"sum_received": {"bits_per_second": 1e9}}}\n';

describe("the throughput is the receiver's sum", () => {
  test.each(["iperf3-3.12-tcp-P2-O1.json", "iperf3-3.18-tcp-P2-O1.json"])("%s", (name) => {
    const text = captured(name);
    const own = JSON.parse(text) as {
      end: { sum_received: { bits_per_second: number }; sum_sent: { retransmits: number } };
    };
    const result = parseIperf3(text);
    expect(result.throughput).toBe(own.end.sum_received.bits_per_second);
    expect(result.retransmits).toBe(own.end.sum_sent.retransmits);
  });
});

describe("both directions at once", () => {
  test("throughput and retransmits are the sums of both", () => {
    const text = captured("iperf3-3.12-bidir-P2-O1.json");
    const { end } = JSON.parse(text) as {
      end: Record<"sum_received" | "sum_received_bidir_reverse", { bits_per_second: number }>;
    };
    const result = parseIperf3(text, "both");
    expect(result.throughput).toBe(end.sum_received.bits_per_second + end.sum_received_bidir_reverse.bits_per_second);
    expect(result.retransmits).toBe(2 + 8);
  });

  test("one direction without data is rejected", () => {
    const json = JSON.parse(captured("iperf3-3.12-bidir-P2-O1.json")) as {
      end: { sum_received_bidir_reverse: { bits_per_second: number } };
    };
    json.end.sum_received_bidir_reverse.bits_per_second = 0;
    expect(() => parseIperf3(JSON.stringify(json), "both")).toThrow("0 bit/s received");
  });

  test("a result of one direction is rejected as a result of both", () => {
    expect(() => parseIperf3(captured("iperf3-3.12-tcp-reverse-O1.json"), "both")).toThrow(
      "without a result of the receiver",
    );
  });
});

test("in reverse, the throughput is that of the client, which is the receiver", () => {
  const { throughput, retransmits } = parseIperf3(captured("iperf3-3.12-tcp-reverse-O1.json"), "reverse");
  expect(throughput).toBe(24106888155.058147);
  expect(retransmits).toBe(1);
});

describe("warns about a saturated load generator", () => {
  const saturated = (name: string, client: number, server: number): string => {
    const json = JSON.parse(captured(name)) as { end: { cpu_utilization_percent: Record<string, number> } };
    json.end.cpu_utilization_percent = { host_total: client, remote_total: server };
    return JSON.stringify(json);
  };

  test("3.12 has one thread for all streams", () => {
    expect(parseIperf3(saturated("iperf3-3.12-tcp-P2-O1.json", 99.4, 94.9)).warnings).toEqual([
      { code: "generator-limited", message: expect.stringMatching(/client .*99 % of a core$/) as string },
    ]);
  });

  test("3.18 has one thread per stream", () => {
    expect(parseIperf3(saturated("iperf3-3.18-tcp-P2-O1.json", 189, 120)).warnings).toEqual([]);
    expect(parseIperf3(saturated("iperf3-3.18-tcp-P2-O1.json", 120, 195)).warnings).toEqual([
      { code: "generator-limited", message: expect.stringMatching(/server .*195 % of a core, .*2 threads$/) as string },
    ]);
  });
});

test.each([
  ["iperf 3.1.3", 1],
  ["iperf 3.7", 1],
  ["iperf 3.9", 1],
  ["iperf 3.15", 1],
  ["iperf 3.16", 0],
  ["iperf 3.18+", 0],
  ["iperf 3.100", 0],
  ["iperf 4.0", 0],
])("%s: %i warnings about a core that 8 streams share", (version, count) => {
  const json = { start: { version }, end: { cpu_utilization_percent: { host_total: 99, remote_total: 20 } } };
  expect(generatorWarnings(json, 8)).toHaveLength(count);
});

test.each([
  ["exit code 0 with an error (3.12)", "iperf3-3.12-refused-rc0.json", 0],
  ["exit code 1 with an error (3.18)", "iperf3-3.18-refused-rc1.json", 1],
  ["a terminated client (3.18)", "iperf3-3.18-client-sigterm.json", 1],
])("%s is a failure with iperf3's message", (_, name, exitCode) => {
  const message = (JSON.parse(captured(name)) as { error: string }).error;
  expect(failureOf(output({ stdout: captured(name), exitCode }))?.message).toBe(`iperf3 on pod a failed: ${message}`);
});

test("a failure without JSON is reported like that of any command", () => {
  expect(failureOf(output({ exitCode: 1, stderr: "boom\n" }))?.message).toBe(
    "iperf3 (on pod a) failed with exit code 1: boom",
  );
  expect(failureOf(output({}))).toBeNull();
});

test.each([
  ["", "not JSON: empty"],
  ["<html>\u001b[31mno</html>", "not JSON: <html>\ufffd[31mno</html>"],
  [`warning: data length overflow\n${RESULT}`, "not JSON: warning: data length overflow"],
  [RESULT.replace("1e9", "-nan"), '"bits_per_second": -nan'],
  [`${RESULT}{"second": 1}\n`, 'not JSON: {"second": 1}'],
  [RESULT.slice(0, -3), 'not JSON: "end"'],
  [RESULT.replace("1e9", "0"), "0 bit/s received"],
  [RESULT.replace("1e9", "-12"), "-12 bit/s received"],
  ["{}", "without a result of the receiver"],
  ['{"intervals":[],"end":{"sum_received":{"bits_per_second":1}}}', "without a result of the receiver"],
  ['{"intervals":[{}],"end":{"sum_received":{"bits_per_second":"1"}}}', "without a result of the receiver"],
])("%j is not a result", (text, sentence) => {
  expect(() => parseIperf3(text)).toThrow(sentence);
});
