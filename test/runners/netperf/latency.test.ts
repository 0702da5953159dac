/** The transaction rate and the latencies that netperf prints. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseLatency } from "../../../runners/netperf/latency.ts";
import { outputOf } from "./outputs.ts";

/** A shell session with netperf 2.7.1 (Debian 13) and 2.7.0 (Debian 12): prompts, outputs and exit codes. */
const SESSION = readFileSync(
  join(import.meta.dirname, "../../fixtures/netperf/netperf-2.7.1-trixie-and-2.7.0-bookworm.txt"),
  "utf8",
);

/** The outputs of the TCP_RR runs with percentiles, plus the elapsed time, which the session did not print. */
const RUNS = [...SESSION.matchAll(/^MIN_LATENCY=[^]*?(?=\nrc=)/gm)].map(([text]) => `${text}\nELAPSED_TIME=1.00\n`);

describe("TCP_RR", () => {
  test("parses rate and percentiles, and converts µs to seconds", () => {
    expect(RUNS).toHaveLength(2);
    expect(parseLatency(RUNS[1]!, "transactions").values).toEqual({
      transactions: 130668.065,
      "latency-mean": 7.6 / 1e6,
      "latency-p50": 6e-6,
      "latency-p90": 10e-6,
      "latency-p99": 13e-6,
    });
    expect(parseLatency(RUNS[0]!, "transactions").values.transactions).toBe(122792.025);
  });

  test("the distribution has the quantiles that netperf reports, with their names", () => {
    expect(parseLatency(RUNS[1]!, "transactions").distributions).toEqual([
      {
        name: "latency",
        unit: "s",
        samples: 130668,
        levels: [0, 0.5, 0.9, 0.99, 1],
        values: [5e-6, 6e-6, 10e-6, 13e-6, 0.004008],
        names: ["MIN_LATENCY", "P50_LATENCY", "P90_LATENCY", "P99_LATENCY", "MAX_LATENCY"],
      },
    ]);
  });

  test("the distribution omits extremes that contradict the percentiles, and a 99th percentile of few samples", () => {
    const levelsOf = (text: string): unknown => parseLatency(text, "transactions").distributions?.[0]?.levels;
    expect(levelsOf(RUNS[0]!.replace(/^MAX_LATENCY=.*$/m, "MAX_LATENCY=13"))).toEqual([0, 0.5, 0.9, 0.99]);
    expect(levelsOf(RUNS[0]!.replace(/^MIN_LATENCY=.*$/m, "MIN_LATENCY=99"))).toEqual([0.5, 0.9, 0.99, 1]);
    expect(levelsOf(RUNS[0]!.replace(/^TRANSACTION_RATE=.*$/m, "TRANSACTION_RATE=99"))).toEqual([0, 0.5, 0.9, 1]);
  });

  test("a missing percentile is a failure", () => {
    expect(() => parseLatency(RUNS[0]!.replace(/^P90_LATENCY.*\n/m, ""), "transactions")).toThrow(/no P90_LATENCY/);
    expect(() => parseLatency("", "transactions")).toThrow(/no TRANSACTION_RATE: empty output/);
    expect(() => parseLatency(RUNS[0]!.replace(/^P90_LATENCY=.*$/m, "P90_LATENCY=-nan"), "transactions")).toThrow(
      /no P90_LATENCY/,
    );
  });

  test("negative and zero latencies are a failure with netperf's values", () => {
    const broken = RUNS[0]!
      .replace(/^MEAN_LATENCY=.*$/m, "MEAN_LATENCY=-2147.48")
      .replace(/^P50_.*$/m, "P50_LATENCY=-1");
    expect(() => parseLatency(broken, "transactions")).toThrow(/: MEAN_LATENCY=-2147.48, P50_LATENCY=-1$/);
    const zero = RUNS[0]!.replace(/^P99_LATENCY=.*$/m, "P99_LATENCY=0");
    expect(() => parseLatency(zero, "transactions")).toThrow(/: P99_LATENCY=0$/);
  });

  test("no 99th percentile from fewer than 100 transactions", () => {
    const slow = RUNS[0]!.replace(/^TRANSACTION_RATE=.*$/m, "TRANSACTION_RATE=99");
    const { values, warnings } = parseLatency(slow, "transactions");
    expect(values).not.toHaveProperty("latency-p99");
    expect(warnings).toMatchObject([{ code: "few-samples" }]);
  });
});

test("TCP_CRR: each transaction is a connection", () => {
  expect(parseLatency(outputOf("TCP_CRR"), "connects").values).toEqual({
    connects: 21630.685,
    "latency-mean": 46.13 / 1e6,
    "latency-p50": 40e-6,
    "latency-p90": 57e-6,
    "latency-p99": 106e-6,
  });
});

test("output of older runs has no extremes", () => {
  expect(parseLatency(outputOf("UDP_RR"), "transactions").distributions).toMatchObject([{ levels: [0.5, 0.9, 0.99] }]);
});

test("UDP_RR has the same values as TCP_RR", () => {
  expect(parseLatency(outputOf("UDP_RR"), "transactions").values).toEqual({
    transactions: 109067.116,
    "latency-mean": 9.11 / 1e6,
    "latency-p50": 6e-6,
    "latency-p90": 8e-6,
    "latency-p99": 16e-6,
  });
});
