import { describe, expect, it } from "vitest";
import type { Environment } from "../../../results/environment-facts.ts";
import type { LoadedRun } from "../../../results/load-run.ts";
import type { ResultRecord } from "../../../results/record.ts";
import type { CellState } from "../../../results/run-comparison/cell-state.ts";
import { foldRun, type FoldedRun } from "../../../results/run-comparison/folded-run.ts";
import { matchCells, type FoldedSides, type MatchedCell } from "../../../results/run-comparison/match-cells.ts";
import { chooseReference } from "../../../results/run-comparison/reference.ts";
import { isBroken, isLost, NO_REFERENCE, type UncomparedCell } from "../../../results/run-comparison/run-comparison.ts";
import { comparedRun, type RunOptions } from "../../helpers/compared-run.ts";

function sides(head: Partial<RunOptions> = {}): FoldedSides {
  const fold = (options: RunOptions) => [foldRun(comparedRun(options))];
  return { base: fold({ id: "a" }), head: fold({ id: "b", ...head }), renamed: new Map() };
}

function cellOf(runs: FoldedSides, plugin: string, metric: string): MatchedCell {
  const { matched } = matchCells(runs);
  return matched.find(({ key }) => key.plugin.head === plugin && key.metric === metric) as MatchedCell;
}

function referenceOf(runs: FoldedSides, plugin: string, metric: string) {
  const found = chooseReference(cellOf(runs, plugin, metric), runs, "bridge");
  return "reference" in found ? found.reference : null;
}

it("is the baseline, the plugin or nothing, in this order", () => {
  const runs = sides();
  expect(referenceOf(runs, "p", "throughput")).toEqual({ kind: "baseline" });
  expect(referenceOf(runs, "p", "add-time")).toEqual({ kind: "plugin", name: "bridge" });
  expect(referenceOf(runs, "bridge", "add-time")).toEqual({ kind: "none" });
});

it.each<[string, Partial<Environment["plugins"][number]>]>([
  ["other binaries", { binaries: [{ name: "bridge", sha256: "cd".padEnd(64, "0") }] }],
  ["another configuration", { configHash: "0".repeat(64) }],
])("cannot be a plugin with %s", (_, differences) => {
  const changed = sides({
    environment: ({ plugins }) => ({
      plugins: plugins.map((one) => (one.name === "bridge" ? { ...one, ...differences } : one)),
    }),
  });
  expect(referenceOf(changed, "p", "add-time")).toEqual({ kind: "none" });
});

it("is nothing only on one machine", () => {
  const other = sides({ environment: () => ({ cpus: 64 }) });
  expect(referenceOf(other, "bridge", "add-time")).toBeNull();
  expect(referenceOf(other, "p", "add-time")).toEqual({ kind: "plugin", name: "bridge" });
  const kernel = (): Partial<Environment> => ({ kernel: null });
  const fold = (id: string) => [foldRun(comparedRun({ id, environment: kernel }))];
  expect(referenceOf({ base: fold("a"), head: fold("b"), renamed: new Map() }, "bridge", "add-time")).toBeNull();
});

it("pairs values with those of the reference in the same block", () => {
  const measure = (plugin: string, _: string, block: number): number => (plugin === "host" ? 10 : 1) * (block + 1);
  const runs = sides({ measure, blocks: 3 });
  const referenced = chooseReference(cellOf(runs, "p", "throughput"), runs, "bridge");
  expect(referenced.head).toEqual([
    [
      [1, 10],
      [2, 20],
      [3, 30],
    ],
  ]);
});

/** Changes the baseline of a run: without a cell, skipped, without results, or measured by other sessions. */
const BASELINES = {
  missing: (loaded: LoadedRun) => {
    const cells = loaded.run.plan.cells.filter(({ path }) => path !== "host");
    return { ...loaded, run: { ...loaded.run, plan: { ...loaded.run.plan, cells } } };
  },
  skipped: (loaded: LoadedRun) => {
    const { plan } = loaded.run;
    const cells = plan.cells.map((cell) => (cell.path === "host" ? { ...cell, skip: "too few nodes" } : cell));
    return withRecords({ ...loaded, run: { ...loaded.run, plan: { ...plan, cells } } }, isNotOfHost);
  },
  failed: (loaded: LoadedRun) => withRecords(loaded, isNotOfHost),
  "of other sessions": (loaded: LoadedRun) => {
    const records = Array.from(loaded.records).map((each) => (isNotOfHost(each) ? each : { ...each, sitting: 2 }));
    return { ...loaded, records };
  },
} as const;

const isNotOfHost = ({ cell }: ResultRecord): boolean => !cell.includes("/host/");

function withRecords(loaded: LoadedRun, isKept: (record: ResultRecord) => boolean): LoadedRun {
  return { ...loaded, records: Array.from(loaded.records).filter(isKept) };
}

it.each<[keyof typeof BASELINES, CellState, RegExp]>([
  ["missing", "measured", /^baseline not planned in SIDE$/],
  ["skipped", "measured", /^baseline skipped in SIDE: too few nodes$/],
  ["failed", "failed", /^baseline failed in SIDE: not measured/],
  ["of other sessions", "measured", /^no block in SIDE was measured with the baseline in one session$/],
])("is nothing else for a load whose baseline is %s on one side", (how, state, reason) => {
  const [whole, lacking] = [comparedRun({ id: "a" }), BASELINES[how](comparedRun({ id: "b" }))].map(foldRun);
  const pairs = { head: [whole, lacking], base: [lacking, whole] } as Record<"head" | "base", FoldedRun[]>;
  for (const side of ["head", "base"] as const) {
    const [base, head] = pairs[side] as [FoldedRun, FoldedRun];
    const runs: FoldedSides = { base: [base], head: [head], renamed: new Map() };
    const other = side === "head" ? "base" : "head";
    for (const plugin of ["bridge", "p"]) {
      const found = chooseReference(cellOf(runs, plugin, "throughput"), runs, "bridge") as UncomparedCell;
      expect(found).toMatchObject({
        [side]: state,
        [other]: "measured",
        reason: expect.stringMatching(new RegExp(reason.source.replace("SIDE", side))) as string,
      });
      expect(isLost(found)).toBe(side === "head" || state === "measured");
    }
    expect(referenceOf(runs, "p", "add-time")).toEqual({ kind: "plugin", name: "bridge" });
  }
});

it("names the failed baseline if the other side skipped it", () => {
  const [base, head] = [BASELINES.skipped(comparedRun({ id: "a" })), BASELINES.failed(comparedRun({ id: "b" }))];
  const runs: FoldedSides = { base: [foldRun(base)], head: [foldRun(head)], renamed: new Map() };
  expect(chooseReference(cellOf(runs, "p", "throughput"), runs, "bridge")).toMatchObject({
    ...{ base: "measured", head: "failed" },
    reason: expect.stringMatching(/^baseline failed in head: not measured/) as string,
  });
});

describe("on different machines", () => {
  const isAddTimeOfBridge = ({ cell }: Pick<ResultRecord, "cell">): boolean => /\/bridge\/.*\/add-time$/.test(cell);

  function addTimeOfP(changeHead: (head: LoadedRun) => LoadedRun): UncomparedCell {
    const other = comparedRun({ id: "b", environment: () => ({ cpus: 64 }) });
    const runs: FoldedSides = {
      base: [foldRun(comparedRun({ id: "a" }))],
      head: [foldRun(changeHead(other))],
      renamed: new Map(),
    };
    return chooseReference(cellOf(runs, "p", "add-time"), runs, "bridge") as UncomparedCell;
  }

  it("loses a cell whose reference only the head failed to measure", () => {
    const found = addTimeOfP((head) => withRecords(head, (record) => !isAddTimeOfBridge(record)));
    expect(found.reason).toMatch(/^reference bridge failed in head: not measured/);
    expect([isBroken(found), isLost(found)]).toEqual([true, true]);
  });

  it("does not lose a cell whose reference the head does not plan", () => {
    const found = addTimeOfP((head) => {
      const cells = head.run.plan.cells.filter(({ id }) => !isAddTimeOfBridge({ cell: id }));
      return { ...head, run: { ...head.run, plan: { ...head.run.plan, cells } } };
    });
    expect(found).toMatchObject({ base: "measured", head: "measured", reason: NO_REFERENCE });
    expect([isBroken(found), isLost(found)]).toEqual([false, false]);
  });
});

it("is the plugin for a load whose baseline no run could measure", () => {
  const [a, b] = ["a", "b"].map((id) => foldRun(BASELINES.skipped(comparedRun({ id })))) as [FoldedRun, FoldedRun];
  const runs = { base: [a], head: [b], renamed: new Map() };
  expect(referenceOf(runs, "p", "throughput")).toEqual({ kind: "plugin", name: "bridge" });
});
