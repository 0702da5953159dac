import { describe, expect, it } from "vitest";
import { markOf, rowId, viewIds } from "../../reports/element-ids.ts";
import { figuresOf, type Figure } from "../../reports/questions.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const { summary, run } = inputOf(sampleRun());
const figures = figuresOf(summary);
const [first] = figures as [Figure, ...Figure[]];

describe("the ids of views", () => {
  it("name the scenario and the metric, after the prefix of the run", () => {
    expect([...viewIds(figures, "run-2-").values()].slice(0, 2)).toEqual([
      "run-2-v-tcp-1-throughput",
      "run-2-v-tcp-1-retransmits",
    ]);
  });

  it("are unique, also for scenarios of several suites and metrics of other programs", () => {
    const others = [
      { ...first, suite: "full" },
      { ...first, scenario: "tcp", metric: "1-throughput" },
    ];
    const ids = viewIds([first, ...others, { ...first, metric: `a "b"<c>` }]);
    expect([...ids.values()]).toEqual([
      ...["v-tcp-1-throughput", "v-tcp-1-throughput-2", "v-tcp-1-throughput-3", "v-tcp-1-a-b-c-"],
    ]);
  });
});

describe("the ids of rows", () => {
  const row = (plugin: string, view = "v-tcp-1-throughput"): string => {
    const cell = first.questions[0]?.rankedCells[0]?.cell;
    if (cell === undefined) throw new Error("the sample has no cells");
    return rowId(view, { ...cell, plugin }, [...run.plan.plugins, plugin]);
  };

  it("name the view, the path and the plugin", () => {
    expect(row("bridge-in-a")).toBe("r-tcp-1-throughput-same-node-bridge-in-a");
    expect(row("ptp", "run-1-v-pods-add-time")).toBe("run-1-r-pods-add-time-same-node-ptp");
  });

  it.each(["x".repeat(300), "מקדים", "🚀", 'a"b', ""])("replace the name %j by its number", (plugin) => {
    expect(row(plugin)).toBe("r-tcp-1-throughput-same-node-~4");
  });
});

it("marks the plugin with the best median as the best only if it is better than all others", () => {
  const marks = (metric: string): (string | null)[] =>
    figures
      .find((figure) => figure.metric === metric)
      ?.questions.at(-1)
      ?.rankedCells.map(markOf) ?? [];
  expect(marks("add-time")).toMatchInlineSnapshot(`
    [
      "reference",
      "undecided",
      "worse",
    ]
  `);
  expect(marks("retransmits")).toMatchInlineSnapshot(`
    [
      "reference",
      "equal",
      "equal",
    ]
  `);
});

it("marks no plugin as the reference because it was not compared with the reference", () => {
  const { cells, comparisons } = summary;
  const marks = (keep: (a: string, b: string) => boolean): Record<string, string | null> => {
    const kept = comparisons.filter(({ a, b }) => keep(a, b));
    const question = figuresOf({ ...summary, cells, comparisons: kept }).find(({ metric }) => metric === "add-time");
    const ranked = question?.questions.at(-1)?.rankedCells ?? [];
    return Object.fromEntries(ranked.map((each) => [each.cell.plugin, markOf(each)]));
  };
  expect(marks(() => true)).toEqual({ ptp: "reference", bridge: "undecided", simplecni: "worse" });
  expect(marks((...pair) => !pair.includes("ptp"))).toEqual({ ptp: null, bridge: "reference", simplecni: "worse" });
});
