import { expect, test } from "vitest";
import { runnerFacts } from "../../runners/index.ts";
import { runners } from "../../runners/index.ts";
import type { Runner } from "../../runners/runner.ts";
import { shippedSuites } from "../../suites/index.ts";
import { loadSuite } from "../../suites/load-suite.ts";
import type { Suite } from "../../suites/suite.ts";

function shipped(): ReadonlyMap<string, Suite> {
  return new Map(
    shippedSuites().map(({ name, file, text }) => {
      const loaded = loadSuite(text, file, runnerFacts());
      if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
      return [name, loaded.suite];
    }),
  );
}

test("every shipped suite is valid, has the name of its file and a description", () => {
  const suites = shipped();
  expect([...suites.keys()]).toEqual([
    "calibrate",
    "conformance",
    "crowd",
    "full",
    "kubernetes",
    "latency",
    "lifecycle",
    "loadbalancer",
    "message-size",
    "pairs",
    "pods",
    "policy-latency",
    "policy",
    "quick",
    "standing",
    "throughput",
    "udp",
  ]);
  for (const [name, suite] of suites) {
    expect(suite.name).toBe(name);
    expect(suite.description).not.toBe("");
  }
});

test("quick has one-second loads, and enough blocks for its four headlines", () => {
  const quick = shipped().get("quick");
  expect(quick).toMatchObject({ blocks: 9, duration: 1 });
  expect(quick?.headlines).toHaveLength(4);
  expect(quick?.scenarios.map(({ name, runner, repetitions, params }) => [name, runner, repetitions, params])).toEqual([
    ["tcp-1", "iperf3", 1, { streams: 1, direction: "forward", omit: 0.2 }],
    ["tcp-rr", "netperf", 1, { test: "TCP_RR", request: 1, response: 1, warmup: 0 }],
    ["pods", "lifecycle", 5, {}],
    ["core", "conformance", 1, {}],
  ]);
});

test("full uses every runner that does not require Kubernetes", () => {
  const used = new Set(
    shipped()
      .get("full")
      ?.scenarios.map(({ runner }) => runner),
  );
  const bare = Object.values(runners as Readonly<Record<string, Runner>>).filter((runner) =>
    runner.scope === "pair"
      ? runner.paths.includes("host")
      : runner.scope === "lifecycle" || (runner.scope === "checks" && runner.target === "node"),
  );
  expect([...used].toSorted()).toEqual(bare.map(({ name }) => name).toSorted());
});

test("scenarios that offer more UDP traffic than can be sent are named overload", () => {
  const udp = [...shipped().values()]
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ runner }) => runner === "iperf3-udp");
  expect(udp.length).toBeGreaterThan(0);
  for (const { name, params } of udp) expect(name.endsWith("overload")).toBe(Number(params.rate) > 10_000);
});
