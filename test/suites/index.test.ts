import { expect, test } from "vitest";
import { shippedSuites } from "../../suites/index.ts";
import { loadSuite } from "../../suites/load.ts";
import type { Suite } from "../../suites/suite.ts";
import { RUNNERS } from "./runners.ts";

function shipped(): ReadonlyMap<string, Suite> {
  return new Map(
    shippedSuites().map(({ name, file, text }) => {
      const loaded = loadSuite(text, file, RUNNERS);
      if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
      return [name, loaded.suite];
    }),
  );
}

test("every shipped suite is valid, is named like its file and says what it is for", () => {
  const suites = shipped();
  expect([...suites.keys()]).toEqual(["conformance", "latency", "lifecycle", "quick", "throughput"]);
  for (const [name, suite] of suites) {
    expect(suite.name).toBe(name);
    expect(suite.description).not.toBe("");
  }
});

test("quick has the fewest blocks that give an interval, and one-second loads", () => {
  const quick = shipped().get("quick");
  expect(quick).toMatchObject({ blocks: 6, duration: 1 });
  expect(quick?.scenarios.map(({ name, runner, repetitions, params }) => [name, runner, repetitions, params])).toEqual([
    ["tcp-1", "iperf3", 1, { streams: 1, omit: 1 }],
    ["tcp-rr", "netperf", 1, { test: "TCP_RR", warmup: 0 }],
    ["pods", "lifecycle", 5, {}],
    ["core", "conformance", 1, {}],
  ]);
});
