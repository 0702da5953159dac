import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseNetperf } from "../../runners/netperf.ts";

/** A session with netperf 2.7.1 (Debian 13) and 2.7.0 (Debian 12): prompts, outputs and exit codes one after the other. */
const SESSION = readFileSync(join(import.meta.dirname, "../fixtures/netperf/netperf-2.7.1-trixie-and-2.7.0-bookworm.txt"), "utf8");

/** The outputs of the TCP_RR runs with percentiles, to which the elapsed time is added: it was not asked for then. */
const RUNS = [...SESSION.matchAll(/^MIN_LATENCY=[^]*?(?=\nrc=)/gm)].map(([text]) => `${text}\nELAPSED_TIME=1.00\n`);

describe("TCP_RR", () => {
  test("rate and percentiles, µs as seconds", () => {
    expect(RUNS).toHaveLength(2);
    expect(parseNetperf(RUNS[1]!).values).toEqual({
      transactions: 130668.065,
      "latency-mean": 7.6e-6,
      "latency-p50": 6e-6,
      "latency-p90": 10e-6,
      "latency-p99": 13e-6,
    });
    expect(parseNetperf(RUNS[0]!).values.transactions).toBe(122792.025);
  });

  test("a percentile that was dropped without a word is a failure", () => {
    expect(() => parseNetperf(RUNS[0]!.replace(/^P90_LATENCY.*\n/m, ""))).toThrow("netperf gave no P90_LATENCY");
    expect(() => parseNetperf("")).toThrow("netperf gave no TRANSACTION_RATE: it printed nothing");
    expect(() => parseNetperf(RUNS[0]!.replace(/^P90_LATENCY=.*$/m, "P90_LATENCY=-nan"))).toThrow("netperf gave no P90_LATENCY");
  });

  test("no 99th percentile from fewer than 100 transactions", () => {
    const slow = RUNS[0]!.replace(/^TRANSACTION_RATE=.*$/m, "TRANSACTION_RATE=99");
    const { values, warnings } = parseNetperf(slow);
    expect(values).not.toHaveProperty("latency-p99");
    expect(warnings).toMatchObject([{ code: "few-samples" }]);
  });
});
