import { expect, it } from "vitest";
import { EnvironmentError, UsageError } from "../../../core/errors.ts";
import { comparePlugins } from "../../../results/run-comparison/compare-plugins.ts";
import { validator } from "../../../results/run-schema.ts";
import { summarize } from "../../../results/summarize.ts";
import { comparedRun } from "../../helpers/compared-run.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

const loaded = sampleRun();
const forth = comparePlugins(loaded, { base: "bridge", head: "simplecni" }, 1.05);
const back = comparePlugins(loaded, { base: "simplecni", head: "bridge" }, 1.05);

it("has the numbers of the report, as head / base", () => {
  const { comparisons } = summarize(loaded.run, loaded.records);
  const ofPair = comparisons.filter(({ a, b }) => [a, b].toSorted().join() === "bridge,simplecni");
  expect(forth).toMatchObject({ design: "paired", facts: [], base: { plugins: ["bridge"] } });
  expect(forth.cells).toHaveLength(ofPair.length);
  for (const { scenario, path, metric, a, estimate, scale, p, pAdjusted, level } of ofPair) {
    const cell = forth.cells.find((one) => one.scenario === scenario && one.path === path && one.metric === metric);
    expect(cell).toMatchObject({ p, pAdjusted, level, scale, betweenRuns: null, reference: { kind: "none" } });
    expect([cell?.base.ratio, cell?.head.ratio]).toEqual([null, null]);
    if (a === "simplecni" || scale === "difference") continue;
    expect(cell?.estimate).toBeCloseTo(1 / estimate, 10);
  }
});

it("judges slower plugins as regressions, and mirrors them", () => {
  const regressions = forth.cells.filter(({ change }) => change === "regression");
  expect(regressions.map(({ metric }) => metric)).toContain("throughput");
  for (const [i, cell] of forth.cells.entries()) {
    const opposite = back.cells[i];
    const changes = { regression: "improvement", improvement: "regression", none: "none" };
    expect(opposite?.change).toBe(changes[cell.change]);
    if (cell.scale === "ratio") expect((opposite?.estimate ?? 0) * cell.estimate).toBeCloseTo(1, 10);
  }
});

it("lists cells that the report does not compare", () => {
  const { uncompared } = comparePlugins(loaded, { base: "bridge", head: "ptp" }, 1.05);
  expect(uncompared).toEqual([
    expect.objectContaining({
      base: "measured",
      head: "skipped",
      reason: expect.stringMatching(/^skipped in head: ptp/) as string,
    }),
  ]);
});

it("returns a comparison of the published format", () => {
  expect(validator("comparison")(JSON.parse(JSON.stringify(forth)))).toBeNull();
});

it("rejects unknown and equal plugins", () => {
  const compare = (base: string, head: string) => () => comparePlugins(loaded, { base, head }, 1.05);
  expect(compare("bridge", "bridge")).toThrow(UsageError);
  expect(compare("bridge", "simplecn")).toThrow(/did you mean "simplecni"/);
});

it("refuses emulated nodes", () => {
  const emulated = sampleRun({ emulated: true });
  expect(() => comparePlugins(emulated, { base: "bridge", head: "ptp" }, 1.05)).toThrow(EnvironmentError);
});

it("detects no difference below the absolute limit, even without variation", () => {
  const constant = comparedRun({
    id: "a",
    questions: [{ scenario: "tcp-1", runner: "iperf3", metric: "retransmits", paths: ["cross-node"] }],
    measure: (plugin) => (plugin === "p" ? 20 : 0),
  });
  const { cells, threshold } = comparePlugins(constant, { base: "bridge", head: "p" }, 1.05);
  expect(cells).toMatchObject([{ scale: "difference", estimate: 20, detectable: threshold.floors.retransmits }]);
});

it("states that cells without an interval have too few blocks", () => {
  const few = sampleRun({ blocks: 5 });
  const { cells } = comparePlugins(few, { base: "bridge", head: "simplecni" }, 1.05);
  expect(cells.map(({ ci95, reason }) => [ci95, reason])).toEqual(cells.map(() => [null, "too few blocks"]));
  expect(forth.cells.filter(({ ci95 }) => ci95 !== null).every(({ reason }) => reason === undefined)).toBe(true);
});
