/** The plan of a run in a page. */
import { describe, expect, it, test } from "vitest";
import { planSection } from "../../../reports/html/plan-section.ts";
import type { RunFile } from "../../../results/index.ts";
import { shownTexts } from "../../helpers/page-text.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

const { run } = sampleRun({ blocks: 6 });

/** Returns the text of the section in English. */
function textOf(changes: Partial<RunFile> = {}, plan: Partial<RunFile["plan"]> = {}): string {
  return shownTexts(planSection({ ...run, ...changes, plan: { ...run.plan, ...plan } }, "").text, "en").join(" ");
}

describe("the plan of a page", () => {
  it("lists the order of the deployments of each block", () => {
    const [first = [], second = []] = run.plan.order;
    expect(textOf()).toContain(`Order of the deployments ${first.join(" → ")} ${second.join(" → ")}`);
    const order = Array.from({ length: 120 }, () => ["host", "bridge"]);
    const text = textOf({}, { order });
    expect(text.match(/host → bridge/g)).toHaveLength(100);
    expect(text).toContain("20 more blocks are in run.json.");
  });

  it("names scenarios with repetitions, load and the parameters of the stored suite", () => {
    const scenario = { name: "tcp-1", runner: "iperf3", params: { streams: 4, omit: 0.2 } };
    const definition = { ...run.definition, suites: [{ name: "quick", scenarios: [scenario] }] };
    expect(textOf({ definition })).toContain(
      "quick / tcp-1 iperf3 host, same-node, cross-node 1 1 s streams=4 omit=0.2",
    );
    expect(textOf()).toContain("quick / pods lifecycle same-node 2 1 s Order");
  });

  it("does not depend on the definition of a foreign run", () => {
    for (const suites of [[{}], [{ name: "quick", scenarios: [null, { name: "tcp-1", params: 1 }] }]])
      expect(textOf({ definition: { ...run.definition, suites } })).toContain("quick / tcp-1");
  });
});

test.each<[string, Partial<RunFile["plan"]>]>([
  ["Headline questions none: all questions are exploratory", {}],
  ["Headline questions quick/tcp-1/same-node/cpu Blocks 6", { headlines: ["quick/tcp-1/same-node/cpu"] }],
  ["Blocks 6 blocks Stopping rule none: the number of blocks is fixed", {}],
  [
    "Blocks 3 to 6 blocks Stopping rule quick : after block 3 to 6, once the widest 95 % interval of a headline " +
      "ratio is at most ±5.0 %",
    { stoppingRules: { quick: { min: 3, max: 6, until: 0.05 } } },
  ],
  ["ratios ±5.0 %, Retransmitted segments ±10", { defaultBands: { ratio: 1.05, differences: { retransmits: 10 } } }],
  ["quick : Throughput ±3.0 %", { bands: { quick: { throughput: { ratio: 1.03 } } } }],
])("states the decisions before the run: %s", (expected, plan) => {
  expect(textOf({}, plan)).toContain(expected);
});

test.each<[string, Partial<RunFile>]>([
  ["Random seed of the order 7", { seed: 7 }],
  ["Outcome complete at 2026-03-01 12:03:00 UTC", {}],
  ["Outcome not finished", { outcome: null, finishedAt: null }],
  ["Warm-up of iperf3 loads omitted by iperf3", {}],
])("states %s", (expected, changes) => {
  expect(textOf(changes)).toContain(expected);
});
