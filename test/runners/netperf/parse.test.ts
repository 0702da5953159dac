import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseLatency } from "../../../runners/netperf/latency.ts";
import { parseStream } from "../../../runners/netperf/stream.ts";

/** A shell session with netperf 2.7.1 (Debian 13) and 2.7.0 (Debian 12): prompts, outputs and exit codes. */
const SESSION = readFileSync(
  join(import.meta.dirname, "../../fixtures/netperf/netperf-2.7.1-trixie-and-2.7.0-bookworm.txt"),
  "utf8",
);

/** The outputs of the TCP_RR runs with percentiles, plus the elapsed time, which the session did not print. */
const RUNS = [...SESSION.matchAll(/^MIN_LATENCY=[^]*?(?=\nrc=)/gm)].map(([text]) => `${text}\nELAPSED_TIME=1.00\n`);

/** Commands with their outputs, netperf 2.7.0. */
const BY_TEST = new Map(
  readFileSync(join(import.meta.dirname, "../../fixtures/netperf/netperf-2.7.0-crr-udp-rr-stream.txt"), "utf8")
    .split(/^\$ netperf /m)
    .map((text) => [/-t (\S+)/.exec(text)?.[1] ?? "", text] as const),
);
const outputOf = (name: string): string => BY_TEST.get(name) ?? "";

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

  test("a missing percentile is a failure", () => {
    expect(() => parseLatency(RUNS[0]!.replace(/^P90_LATENCY.*\n/m, ""), "transactions")).toThrow(/no P90_LATENCY/);
    expect(() => parseLatency("", "transactions")).toThrow(/no TRANSACTION_RATE: empty output/);
    expect(() => parseLatency(RUNS[0]!.replace(/^P90_LATENCY=.*$/m, "P90_LATENCY=-nan"), "transactions")).toThrow(
      /no P90_LATENCY/,
    );
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

test("UDP_RR has the same values as TCP_RR", () => {
  expect(parseLatency(outputOf("UDP_RR"), "transactions").values).toEqual({
    transactions: 109067.116,
    "latency-mean": 9.11 / 1e6,
    "latency-p50": 6e-6,
    "latency-p90": 8e-6,
    "latency-p99": 16e-6,
  });
});

describe("TCP_STREAM", () => {
  test("parses the receiver's throughput as bit/s", () => {
    expect(parseStream(outputOf("TCP_STREAM"))).toEqual({ throughput: 27678.43e6, retransmits: 11 });
  });

  test("-1 means that a value was not collected", () => {
    expect(
      parseStream(outputOf("TCP_STREAM").replace(/^LOCAL_TRANSPORT_RETRANS.*$/m, "LOCAL_TRANSPORT_RETRANS=-1")),
    ).not.toHaveProperty("retransmits");
    expect(() =>
      parseStream(outputOf("TCP_STREAM").replace(/^REMOTE_RECV_THROUGHPUT=.*$/m, "REMOTE_RECV_THROUGHPUT=-1.00")),
    ).toThrow("no throughput of the receiver");
  });
});
