import { beforeEach, describe, expect, it } from "vitest";
import { baseProblems, type PlannedRun } from "../../../engine/gate/check-base.ts";
import { prepare } from "../../../engine/session.ts";
import { loadRun, type PlannedCell, type RunFile } from "../../../results/index.ts";
import { FakeBench } from "./fake-gate.ts";

let bench: FakeBench;
beforeEach(() => (bench = new FakeBench(() => 1e9, { others: ["bridge"] })));

/** Returns a base on another machine, and the plan that it was measured with. */
async function measured(): Promise<{ readonly base: RunFile; readonly planned: PlannedRun }> {
  const kind = { ...bench.choices.kind, name: "netns" } as typeof bench.choices.kind;
  const session = await bench.measure({ ...bench.choices, kind });
  session.unlock();
  const { run } = await loadRun(session.store.dir);
  const { choices, plan } = await prepare(bench.host, { ...bench.choices, kind });
  return { base: run, planned: { choices, plan } };
}

function problemsWith(cells: readonly PlannedCell[], { base, planned }: Awaited<ReturnType<typeof measured>>) {
  const changed = { ...base, plan: { ...base.plan, cells } };
  return baseProblems(bench.host, { dir: "base", base: changed }, planned);
}

describe("a base of another machine", () => {
  it("needs the baseline for loads, whatever plugins it has", async () => {
    const { base, planned } = await measured();
    const { cells } = base.plan;
    expect(await problemsWith(cells, { base, planned })).toEqual([]);
    const withoutBaseline = cells.filter(({ path }) => path !== "host");
    expect(await problemsWith(withoutBaseline, { base, planned })).toMatchObject([
      { message: expect.stringContaining("no cell in common") as string },
    ]);
  });

  it("needs a reference plugin for cells that neither run divides by the baseline", async () => {
    const { base, planned } = await measured();
    const isPod = ({ path }: PlannedCell): boolean => path !== "host";
    const podsOnly = { ...planned, plan: { ...planned.plan, cells: planned.plan.cells.filter(isPod) } };
    const cells = base.plan.cells.filter(isPod);
    expect(await problemsWith(cells, { base, planned: podsOnly })).toEqual([]);
    const withoutReference = cells.map((cell) => (cell.plugin === "bridge" ? { ...cell, skip: "x" } : cell));
    expect(await problemsWith(withoutReference, { base, planned: podsOnly })).toMatchObject([
      { message: expect.stringContaining("no cell in common") as string },
    ]);
  });

  it("needs only a common conformance check if it measured nothing else", async () => {
    const { base, planned } = await measured();
    const checks = [{ id: "small/core/mine/netns", plugin: "mine" }];
    const checked = { ...planned, plan: { ...planned.plan, checks } };
    const withChecks = (cells: readonly PlannedCell[], id: string) =>
      problemsWith(cells, {
        base: { ...base, plan: { ...base.plan, checks: [{ id, plugin: "mine" }] } },
        planned: checked,
      });
    expect(await withChecks([], "small/core/mine/netns")).toEqual([]);
    const noCommonCell = [{ message: expect.stringContaining("no cell in common") as string }];
    expect(await withChecks([], "other/core/mine/netns")).toMatchObject(noCommonCell);
    const others = base.plan.cells.map((cell) => ({ ...cell, id: `other/${cell.id}`, suite: "other" }));
    expect(await withChecks(others, "small/core/mine/netns")).toMatchObject(noCommonCell);
  });

  it("names plugins that only it measured, and none that it skipped", async () => {
    const { base, planned } = await measured();
    const { cells } = base.plan;
    const others = cells.flatMap((cell) =>
      cell.plugin === "mine" ? [{ ...cell, plugin: "gone", id: cell.id.replace("/mine/", "/gone/") }] : [],
    );
    expect(await problemsWith([...cells, ...others], { base, planned })).toMatchObject([
      { message: expect.stringContaining("does not measure the plugin gone of the base") as string },
    ]);
    const skipped = others.map((cell) => ({ ...cell, skip: "no IPv6" }));
    expect(await problemsWith([...cells, ...skipped], { base, planned })).toEqual([]);
  });
});
