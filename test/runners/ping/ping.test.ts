import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseEchoes } from "../../../runners/ping/ping.ts";

const captured = (name: string): string => readFileSync(join(import.meta.dirname, "../../fixtures/ping", name), "utf8");

test("every answer is a sample, in seconds", () => {
  const { values, warnings } = parseEchoes(captured("iputils-20221126-i0.005-w1.txt"));
  expect(values.loss).toBe(0);
  // The summary of ping, truncated to µs: rtt min/avg/max/mdev = 0.002/0.009/0.131/0.010 ms
  expect(Math.floor((values["latency-mean"] ?? 0) * 1e6)).toBe(9);
  expect(values["latency-p50"]).toBeLessThanOrEqual(values["latency-p90"] ?? 0);
  expect(values["latency-p99"]).toBeLessThanOrEqual(0.131e-3);
  expect(warnings).toEqual([]);
});

test("the distribution of the answers is that of the summary of ping and of the percentiles", () => {
  const { values, distributions } = parseEchoes(captured("iputils-20221126-i0.005-w1.txt"));
  const [latency, ...others] = distributions ?? [];
  expect(others).toEqual([]);
  expect(latency).toMatchObject({ name: "latency", unit: "s", samples: 186 });
  const at = (level: number): number | undefined => latency?.values[latency.levels.indexOf(level)];
  expect([at(0), at(1)]).toEqual([2e-6, 131e-6]);
  expect([at(0.5), at(0.99)]).toEqual([values["latency-p50"], values["latency-p99"]]);
  expect(latency?.levels).not.toContain(0.998);
});

test("requests without an answer are lost", () => {
  expect(parseEchoes(captured("iputils-20221126-lossy.txt")).values.loss).toBeCloseTo(25 / 172, 12);
});

test("percentiles are samples, and a duplicate answer counts once", () => {
  const lines = Array.from(
    { length: 100 },
    (_, i) => `64 bytes from 10.0.0.1: icmp_seq=${i + 1} ttl=64 time=${i + 1}.5 ms`,
  );
  const text = [
    ...lines,
    `${lines[99]} (DUP!)`,
    "",
    "100 packets transmitted, 100 received, +1 duplicates, 0% packet loss, time 9ms",
    "",
  ].join("\n");
  const mean = expect.closeTo(0.051, 9) as number;
  expect(parseEchoes(text).values).toEqual({
    "latency-mean": mean,
    "latency-p50": 0.0505,
    "latency-p90": 0.0905,
    "latency-p99": 0.0995,
    loss: 0,
  });
});

test("no 99th percentile from fewer than 100 answers", () => {
  const { values, warnings } = parseEchoes(
    "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=2.00 ms\n\n4 packets transmitted, 1 received\n",
  );
  expect(values).toEqual({ "latency-mean": 0.002, "latency-p50": 0.002, "latency-p90": 0.002, loss: 0.75 });
  expect(warnings).toMatchObject([{ code: "few-samples" }]);
});

test.each([
  captured("iputils-20221126-unreachable.txt"),
  "",
  "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=2.00 ms\n",
])("missing answers or a missing count are a failure: %j", (text) => {
  expect(() => parseEchoes(text)).toThrow(/no valid answers/);
});
