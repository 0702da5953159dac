/** How the runs of a report relate to each other. */
import { describe, expect, it } from "vitest";
import type { ReportInput } from "../../reports/report.ts";
import { factsOf, gaps, parity, relations } from "../../reports/several-runs.ts";
import type { Environment } from "../../results/environment-facts.ts";
import { comparedRun, type RunOptions } from "../helpers/compared-run.ts";
import { inputOf } from "../helpers/sample-run.ts";

const input = (id: string, options: Partial<RunOptions> = {}): ReportInput => inputOf(comparedRun({ id, ...options }));
const withDigest = (run: ReportInput, digest: string): ReportInput => ({
  ...run,
  digests: { "run.json": null, "results.jsonl": digest, "raw.sha256": null },
});
const cluster = (differences: Partial<Environment["cluster"]>): Partial<RunOptions> => ({
  environment: (environment) => ({ cluster: { ...environment.cluster, ...differences } }),
});
const sentences = (...runs: ReportInput[]): string[] => relations(runs).map(({ en }) => en);

describe("the facts of several runs", () => {
  it("are those that prevent a comparison, then the kernel, the CPU and the tools first, by run", () => {
    const other = input("b", {
      environment: ({ tools, cluster: own }) => ({
        ...{ kernel: "6.6.0", os: "Other", cpuModel: "Other CPU", tools: { ...tools, iperf3: "3.17" } },
        cluster: { ...own, kind: "vm" },
      }),
    });
    const { preventing, others } = factsOf([input("a"), other, input("c")]);
    expect(preventing).toEqual([{ fact: "cluster kind", values: ["netns", "vm", "netns"] }]);
    expect(others.map(({ fact }) => fact)).toEqual(["kernel", "cpuModel", "tools iperf3", "os"]);
  });

  it("contain the MTU of the pods as measured", () => {
    const mtu = (id: string, bytes: number): ReportInput =>
      input(id, {
        questions: [{ scenario: "tcp-1", runner: "iperf3", metric: "mtu", paths: ["host", "cross-node"] }],
        measure: (plugin) => (plugin === "p" ? bytes : 1500),
      });
    expect(factsOf([mtu("a", 1450), mtu("b", 1400)]).preventing).toEqual([
      { fact: "Effective path MTU of p on path cross-node", values: ["1450", "1400"] },
    ]);
  });
});

describe("parity", () => {
  const parityOf = (...runs: ReportInput[]): string => parity(runs, factsOf(runs)).en;
  it.each<[string, readonly ReportInput[], RegExp]>([
    ["equal runs", [input("a"), input("b")], /^No fact differs/],
    ["other clusters", [input("a"), input("b", cluster({ kind: "vm" }))], /^Do not compare .* facts differ/],
    [
      "emulated nodes",
      [1, 2].map((id) => input(`e${id}`, cluster({ emulated: true }))),
      /Run 1 and Run 2 are emulated/,
    ],
    [
      "no environment",
      [input("a"), { ...input("b"), run: { ...input("b").run, environment: null } }],
      /^Whether .* unknown: the environment of Run 2/,
    ],
  ])("of %s", (_, runs, expected) => {
    expect(parityOf(...runs)).toMatch(expected);
  });
});

describe("relations", () => {
  it("name runs that are the same, by their results or else by their ID", () => {
    expect(sentences(input("a"), input("b"), input("a"))).toEqual(["Run 1 and Run 3 are the same run."]);
    expect(sentences(withDigest(input("a"), "1"), withDigest(input("b"), "1"))).toEqual([
      "Run 1 and Run 2 are the same run.",
    ]);
  });

  it("name copies with other results", () => {
    expect(sentences(withDigest(input("a"), "1"), withDigest(input("a"), "2"))).toEqual([
      expect.stringMatching(/^Run 1 and Run 2 have the same ID but different results/),
    ]);
  });

  it("state that nothing is common", () => {
    expect(sentences(input("a", { plugins: ["x"] }), input("b", { plugins: ["y"] }))).toEqual([
      "No plugin is in all runs.",
    ]);
    const pods = {
      questions: [{ scenario: "pods", runner: "lifecycle", metric: "del-time", paths: ["same-node"] }],
    } as const;
    expect(sentences(input("a"), input("b", pods))).toEqual(["No metric was planned on the same path in all runs."]);
  });
});

it("states gaps of a run", () => {
  expect(gaps(input("a"))).toBeNull();
  const interrupted = input("b", { change: () => ({ outcome: "interrupted" }) });
  expect(gaps(interrupted)?.en).toBe("The run did not finish.");
});
