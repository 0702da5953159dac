import { describe, expect, it } from "vitest";
import { heatCells, strengthOf } from "../../../reports/first-screen/heat-cells.ts";
import { figuresOf } from "../../../reports/questions.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const { run, summary } = inputOf(sampleRun({ failure: "netperf: connection refused" }));
const cellsOf = (metric: string) => {
  const question = figuresOf(summary)
    .find((figure) => figure.metric === metric)
    ?.questions.find(({ path }) => path === "cross-node");
  if (question === undefined) throw new Error(`no question about ${metric}`);
  return { question, cells: heatCells(question, run.plan.plugins) };
};

describe("the cells of the heat table", () => {
  it("are in plan order, whatever the values are", () => {
    const { question, cells } = cellsOf("throughput");
    expect(cells.map(({ plugin }) => plugin)).toEqual(["bridge", "ptp", "simplecni"]);
    expect(question.rankedCells.map(({ cell }) => cell.plugin)).toEqual(["ptp", "bridge", "simplecni"]);
    expect(cells.map(({ mark, comparison }) => [mark, comparison && strengthOf(comparison)])).toEqual([
      ["equal", 0],
      ["reference", null],
      ["worse", 1],
    ]);
  });

  it("compare each plugin with every other one, from its side", () => {
    const { question, cells } = cellsOf("throughput");
    const [bridge, , simplecni] = cells;
    const pair = question.comparisons.find(({ a, b }) => a === "bridge" && b === "simplecni");
    expect(bridge?.versus).toEqual([
      null,
      expect.objectContaining({ verdict: "equal" }),
      expect.objectContaining({ estimate: pair?.estimate, verdict: "better" }),
    ]);
    expect(simplecni?.versus[0]).toMatchObject({ estimate: 1 / (pair?.estimate ?? 0), verdict: "worse" });
  });

  it("of a failed plugin have no verdict", () => {
    const [bridge] = cellsOf("transactions").cells;
    expect(bridge).toMatchObject({ cell: { state: "failed" }, mark: null, ranks: null, comparison: null });
  });

  it("of a plugin that the question lacks are empty", () => {
    const { question } = cellsOf("throughput");
    expect(heatCells(question, ["other"])).toEqual([
      { plugin: "other", cell: null, ranks: null, mark: null, comparison: null, versus: [null] },
    ]);
  });
});
