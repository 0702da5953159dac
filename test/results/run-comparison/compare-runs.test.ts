import { expect, it } from "vitest";
import { EnvironmentError, UsageError } from "../../../core/errors.ts";
import type { LoadedRun } from "../../../results/load-run.ts";
import { validator } from "../../../results/run-schema.ts";
import { compareRuns } from "../../../results/run-comparison/compare-runs.ts";
import type { ComparedCell, RunComparison } from "../../../results/run-comparison/run-comparison.ts";
import { comparedRun, noise, type RunOptions } from "../../helpers/compared-run.ts";
import { sampleMetric, sampleNoiseCard } from "../../helpers/sample-noise-card.ts";

const options = { threshold: 1.05 };

/** Returns a run in which the plugin p has a factor. */
function run(id: string, factor = 1, more: Partial<RunOptions> = {}): LoadedRun {
  return comparedRun({
    id,
    measure: (plugin, metric, block) => (plugin === "p" ? factor : 1) * noise(id, plugin, metric, block),
    ...more,
  });
}

function cellOf({ cells }: RunComparison, plugin: string, metric: string): ComparedCell {
  const found = cells.find((cell) => cell.plugin.head === plugin && cell.metric === metric);
  expect(found).toBeDefined();
  return found as ComparedCell;
}

it("compares ratios to the reference of each run", () => {
  const machine = (factor: number) => (plugin: string, metric: string, block: number) =>
    factor * (plugin === "host" ? 1 : 0.8) * (plugin === "p" && factor === 2 ? 0.5 : 1) * noise(plugin, metric, block);
  const comparison = compareRuns(
    [comparedRun({ id: "a", measure: machine(1) })],
    [comparedRun({ id: "b", measure: machine(2) })],
    options,
  );
  expect(comparison).toMatchObject({ design: "unpaired", base: { plugins: ["bridge", "p"] }, facts: [] });
  const bridge = cellOf(comparison, "bridge", "throughput");
  expect(bridge.estimate).toBeCloseTo(1, 10);
  expect(bridge).toMatchObject({
    reference: { kind: "baseline" },
    verdict: "equal",
    change: "none",
    family: "exploratory",
  });
  const slower = cellOf(comparison, "p", "throughput");
  expect(slower.estimate).toBeCloseTo(0.5, 10);
  expect(slower).toMatchObject({ verdict: "worse", change: "regression", reason: "between-run variation unknown" });
  expect(slower.base).toMatchObject({ runs: 1, blocks: 10 });
  expect(slower.base.ratio).toBeCloseTo(0.8, 1);
  expect(cellOf(comparison, "p", "add-time")).toMatchObject({
    reference: { kind: "plugin", name: "bridge" },
    change: "improvement",
  });
});

it("decides nothing between a run and itself", () => {
  const one = run("a");
  const { cells } = compareRuns([one], [one], options);
  expect(cells).not.toEqual([]);
  for (const cell of cells)
    expect(cell).toMatchObject({
      estimate: 1,
      p: 1,
      ci95: null,
      verdict: "undecided",
      reason: "same runs",
      change: "none",
    });
});

const NOISE_CARD = sampleNoiseCard({
  runs: 6,
  metrics: [
    sampleMetric({ params: {}, ratios: { reference: "baseline", betweenRuns: 0.031, withinRuns: 0.01 } }),
    sampleMetric({
      ...{ scenario: "pods", runner: "lifecycle", params: {}, path: "same-node", metric: "add-time" },
      ratios: { reference: "plugin", betweenRuns: 0.02, withinRuns: 0 },
    }),
  ],
});

it("takes the variation between runs from several runs, from the noise card, or from both", () => {
  const withCard = { change: () => ({ noiseCard: NOISE_CARD }) };
  const single = compareRuns([run("a", 1, withCard)], [run("b", 1.06, withCard)], options);
  const throughput = cellOf(single, "p", "throughput");
  expect(throughput.betweenRuns?.source).toBe("noise card");
  expect(throughput.betweenRuns?.sd).toBeCloseTo(Math.sqrt(0.031 ** 2 - 0.01 ** 2), 10);
  // 6 % is not shown with a deviation of 3 % between runs.
  expect(throughput).toMatchObject({ verdict: "undecided", change: "none" });
  expect(throughput.reason).toBeUndefined();
  expect(cellOf(single, "p", "add-time").betweenRuns).toEqual({ sd: 0.02, source: "noise card" });

  const many = compareRuns([run("a"), run("b"), run("c")], [run("d", 0.8), run("e", 0.8), run("f", 0.8)], options);
  expect(cellOf(many, "p", "throughput")).toMatchObject({ betweenRuns: { source: "runs" }, change: "regression" });
  expect(cellOf(many, "p", "throughput").reason).toBeUndefined();
  expect(cellOf(many, "p", "throughput").base).toMatchObject({ runs: 3, blocks: 30 });

  const both = compareRuns([run("a", 1, withCard), run("b", 1, withCard)], [run("c", 1, withCard)], options);
  expect(cellOf(both, "p", "throughput").betweenRuns?.source).toBe("both");
  // Nothing is known about a run without a card.
  const partly = compareRuns([run("a", 1, withCard)], [run("b")], options);
  expect(cellOf(partly, "p", "throughput")).toMatchObject({
    betweenRuns: null,
    reason: "between-run variation unknown",
  });
});

it("claims no change of a reference plugin with the same binaries, and doubts the cells that it divides", () => {
  const sides = [
    ["a", "b", "c"],
    ["d", "e", "f"],
  ] as const;
  const compare = (changed: string, environment: RunOptions["environment"] = () => ({})) => {
    const [base, head] = sides.map((ids, side) =>
      ids.map((id) =>
        comparedRun({
          id,
          measure: (plugin, metric, block) =>
            (side === 1 && plugin === changed && metric === "add-time" ? 0.7 : 1) * noise(id, plugin, metric, block),
          ...(side === 1 && { environment }),
        }),
      ),
    ) as [LoadedRun[], LoadedRun[]];
    return compareRuns(base, head, options);
  };
  const shifted = compare("bridge");
  const reason = "reference changed";
  expect(cellOf(shifted, "bridge", "add-time")).toMatchObject({ verdict: "undecided", change: "none", reason });
  expect(cellOf(shifted, "p", "add-time")).toMatchObject({ verdict: "worse", change: "regression", reason });
  expect(cellOf(shifted, "p", "throughput").reason).toBeUndefined();
  expect(shifted.errorControl.exploratory.different).toBe(1);
  expect(cellOf(compare("p"), "p", "add-time").reason).toBeUndefined();
  const rebuilt = compare("bridge", ({ plugins }) => ({
    plugins: plugins.map((one) => ({ ...one, configHash: null })),
  }));
  expect(cellOf(rebuilt, "bridge", "add-time")).toMatchObject({ change: "improvement" });
  expect(cellOf(rebuilt, "bridge", "add-time").reason).toBeUndefined();
});

it("names first the plugins that one side does not have", () => {
  const whole = comparedRun({ id: "a", plugins: ["bridge", "p"] });
  const partly = comparedRun({ id: "b", plugins: ["bridge", "q"] });
  const { facts, base } = compareRuns(
    [whole],
    [partly, comparedRun({ id: "c", plugins: ["bridge", "p", "q"] })],
    options,
  );
  expect(facts.slice(0, 2)).toEqual([
    { fact: "plugin p", base: "measured", head: "missing" },
    { fact: "plugin q", base: "missing", head: "measured" },
  ]);
  expect(base.plugins).toEqual(["bridge"]);
});

it("is mirrored if the sides are exchanged", () => {
  for (let seed = 0; seed < 20; seed++) {
    const runs = ["a", "b", "c", "d", "e"].map((name) => {
      const card = sampleNoiseCard({ ...NOISE_CARD, measuredAt: `2026-03-0${1 + (seed % 3)}T12:00:00.000Z` });
      return run(`${name}${seed}`, noise(seed, name) ** (3 * seed), {
        blocks: 2 + (seed % 7),
        headlines: seed % 2 === 0 ? ["quick/tcp-1/cross-node/throughput"] : [],
        ...(seed % 3 === 0 && { change: () => ({ noiseCard: card }) }),
      });
    });
    const [base, head] = [runs.slice(0, 1 + (seed % 3)), runs.slice(1 + (seed % 3))];
    const forth = compareRuns(base, head, options);
    const back = compareRuns(head, base, options);
    expect(forth.cells.length).toBe(4);
    forth.cells.forEach((cell, i) => expectMirrored(cell, back.cells[i] as ComparedCell));
    expect(back.errorControl).toEqual(forth.errorControl);
  }
});

function expectMirrored(cell: ComparedCell, opposite: ComparedCell): void {
  const verdicts = { better: "worse", worse: "better", equal: "equal", undecided: "undecided" } as const;
  const changes = { regression: "improvement", improvement: "regression", none: "none" } as const;
  const { estimate, ci95, ci90 } = opposite;
  expect(opposite).toEqual({
    ...cell,
    plugin: { base: cell.plugin.head, head: cell.plugin.base },
    ...{ base: cell.head, head: cell.base, verdict: verdicts[cell.verdict], change: changes[cell.change] },
    ...{ estimate, ci95, ci90 },
  });
  const pairs = [[cell.estimate, estimate] as const];
  for (const [one, other] of [[cell.ci95, ci95] as const, [cell.ci90, ci90] as const])
    if (one !== null && other !== null) pairs.push([one[0], other[1]], [one[1], other[0]]);
  // Of a ratio and its inverse, the one above 1 is exact.
  for (const [x, y] of pairs) expect(Math.min(x, y)).toBe(1 / Math.max(x, y));
}

it("divides the level of headlines with Holm's correction", () => {
  const headlines = ["quick/tcp-1/cross-node/throughput", "quick/pods/same-node/add-time"];
  const comparison = compareRuns([run("a", 1, { headlines })], [run("b", 1.02, { headlines })], options);
  expect(comparison.errorControl.headlines).toEqual({ compared: 4, errorRate: 0.05 });
  const ps = comparison.cells.map(({ p }) => p);
  const smallest = comparison.cells.find(({ p }) => p === Math.min(...ps));
  expect(smallest).toMatchObject({ family: "headline", level: 0.05, pAdjusted: 4 * Math.min(...ps) });
});

it("matches plugins that were renamed", () => {
  const old = comparedRun({ id: "a", plugins: ["bridge", "p-old"] });
  const current = comparedRun({ id: "b", plugins: ["bridge", "p"] });
  const renamed = new Map([["p-old", "p"]]);
  const { cells, base, head } = compareRuns([old], [current], { ...options, renamed });
  expect(cells.map(({ plugin }) => plugin)).toContainEqual({ base: "p-old", head: "p" });
  expect([base.plugins, head.plugins]).toEqual([
    ["bridge", "p-old"],
    ["bridge", "p"],
  ]);
  const unmapped = compareRuns([old], [current], options);
  expect(unmapped.uncompared.map(({ cell, base, head }) => [cell.plugin.base, base, head])).toEqual(
    expect.arrayContaining([
      ["p-old", "measured", "missing"],
      ["p", "missing", "measured"],
    ]),
  );
  const alone = [comparedRun({ id: "c", plugins: ["p"] })];
  expect(() => compareRuns([comparedRun({ id: "d", plugins: ["q"] })], alone, options)).toThrow(/--map OLD=NEW/);
});

it.each<[string, ReadonlyMap<string, string>, RegExp]>([
  ["an unknown old name", new Map([["x", "p"]]), /base runs have no plugin x/],
  ["an unknown new name", new Map([["p", "x"]]), /head runs have no plugin x/],
  ["two plugins for one", new Map([["p", "bridge"]]), /both be compared with bridge/],
])("rejects %s of a renamed plugin", (_, renamed, message) => {
  const compare = () => compareRuns([run("a")], [run("b")], { ...options, renamed });
  expect(compare).toThrow(UsageError);
  expect(compare).toThrow(message);
});

it("rejects a reference that a run does not have", () => {
  expect(() => compareRuns([run("a")], [run("b")], { ...options, reference: "ptp" })).toThrow(/--reference ptp: run a/);
  expect(() => compareRuns([run("a")], [run("b")], { ...options, reference: "host" })).toThrow(/baseline/);
  const { cells } = compareRuns([run("a")], [run("b")], { ...options, reference: "p" });
  expect(cells.find(({ plugin, metric }) => plugin.head === "bridge" && metric === "add-time")?.reference).toEqual({
    kind: "plugin",
    name: "p",
  });
});

it("refuses runs of different machines without a common reference", () => {
  const questions = [{ scenario: "pods", runner: "lifecycle", metric: "add-time", paths: ["same-node"] }] as const;
  const other = { questions, plugins: ["p"], environment: () => ({ cpuModel: "Other CPU" }) };
  const compare = () => compareRuns([run("a", 1, { questions, plugins: ["p"] })], [run("b", 1, other)], options);
  expect(compare).toThrow(EnvironmentError);
  expect(compare).toThrow(/--reference/);
});

it("lists failed cells with the error, and counts no failure as a value", () => {
  const head = run("b");
  const failed = Array.from(head.records, (record, i) =>
    record.cell.includes("/p/") && record.cell.endsWith("throughput") && i % 10 === 3
      ? { ...record, value: undefined, error: "no route" }
      : record,
  );
  const { uncompared, cells } = compareRuns([run("a")], [{ ...head, records: failed }], options);
  expect(uncompared).toEqual([
    expect.objectContaining({ base: "measured", head: "failed", reason: "failed in head: no route" }),
  ]);
  expect(cells).toHaveLength(3);
});

it("decides nothing on a busy machine", () => {
  const busy = run("b", 0.5);
  const warnings = [{ code: "busy-machine", message: "busy" }] as const;
  const records = Array.from(busy.records, (record) => ({ ...record, warnings }));
  const { cells } = compareRuns([run("a")], [{ ...busy, records }], options);
  for (const cell of cells)
    expect(cell).toMatchObject({ verdict: "undecided", reason: "busy machine", change: "none" });
});

it("has no interval for single blocks, unless several runs show the variation", () => {
  const short = { blocks: 1 };
  const { cells } = compareRuns([run("a", 1, short)], [run("b", 0.5, short)], options);
  for (const cell of cells)
    expect(cell).toMatchObject({ ci95: null, p: 1, verdict: "undecided", reason: "too few blocks" });
  const runs = ["c", "d", "e"].map((id) => run(id, 0.5, short));
  const many = compareRuns([run("a", 1, short), run("b", 1, short)], runs, options);
  expect(cellOf(many, "p", "throughput")).toMatchObject({ verdict: "worse", change: "regression" });
});

it("lists incomplete runs and damaged files with the run", () => {
  const torn = { code: "torn-line", message: "ignored" } as const;
  const head = { ...run("b", 1, { change: () => ({ outcome: "interrupted" }) }), loadWarnings: [torn] };
  const { base, head: side } = compareRuns([run("a")], [head], options);
  expect(base.runs[0]).toMatchObject({ id: "a", outcome: "complete", digest: null, cnibench: "0.1.0", warnings: [] });
  expect(side.runs[0]?.warnings.map(({ code }) => code)).toEqual(["torn-line", "unfinished"]);
});

it("returns a comparison of the published format", () => {
  const [one, other] = [run("a"), run("b", 0.5, { plugins: ["bridge", "p", "q"] })];
  for (const comparison of [compareRuns([one], [other], options), compareRuns([one], [one], options)])
    expect(validator("comparison")(JSON.parse(JSON.stringify(comparison)))).toBeNull();
});
