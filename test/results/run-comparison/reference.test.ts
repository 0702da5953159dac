import { expect, it } from "vitest";
import type { Environment } from "../../../results/environment-facts.ts";
import { foldRun } from "../../../results/run-comparison/folded-run.ts";
import { matchCells, type FoldedSides, type MatchedCell } from "../../../results/run-comparison/match-cells.ts";
import { chooseReference } from "../../../results/run-comparison/reference.ts";
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
  return chooseReference(cellOf(runs, plugin, metric), runs, "bridge")?.reference ?? null;
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
])("is no plugin with %s", (_, differences) => {
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
  const { head = [] } = chooseReference(cellOf(runs, "p", "throughput"), runs, "bridge") ?? {};
  expect(head).toEqual([
    [
      [1, 10],
      [2, 20],
      [3, 30],
    ],
  ]);
});
