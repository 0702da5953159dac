/** `compare` compares stored runs: sides, formats, exit codes and bad input. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type CompareFlags, compareCommand } from "../../../cli/commands/compare.ts";
import { EXIT } from "../../../cli/exit-code.ts";
import { EnvironmentError, UsageError } from "../../../core/errors.ts";
import type { RunComparison } from "../../../results/index.ts";
import type { LoadedRun } from "../../../results/load-run.ts";
import type { Check } from "../../../results/record.ts";
import { createRun } from "../../../results/store.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { sampleRun } from "../../helpers/sample-run.ts";
import { captureTerminal, type Terminal } from "../../helpers/terminal.ts";

let terminal: Terminal;
beforeEach(() => (terminal = captureTerminal()));

/** Factor of the ADD times of ptp in slow runs. */
const SLOWDOWN = 1.5;

interface StoredOptions {
  readonly seed?: number;
  readonly slow?: boolean;
  /** Whether simplecni fails a MUST clause. */
  readonly wrong?: boolean;
  readonly change?: (run: LoadedRun["run"]) => LoadedRun["run"];
}

/** Stores a sample run. @returns its directory */
async function storeRun(
  id: string,
  { seed = 1, slow = false, wrong = false, change = (run) => run }: StoredOptions = {},
) {
  const dir = join(temporaryDir(), id);
  const sample = sampleRun({ blocks: 8, seed });
  const run = change({ ...sample.run, id });
  const planned = new Set([...run.plan.cells, ...run.plan.checks].map((each) => each.id));
  const records = sample.records.filter(({ cell }) => planned.has(cell));
  const store = await createRun(dir, run);
  const isSlow = (cell: string): boolean => slow && cell.includes("/ptp/") && cell.endsWith("/add-time");
  const failing = (record: Check): Check => {
    const { value, cell } = record;
    if (value?.clause !== "add-routes" || !wrong || !cell.includes("/simplecni/")) return record;
    return { ...record, value: { ...value, status: "fail", message: "expected a route; got none" } };
  };
  store.append(
    ...records.map((record) =>
      record.kind === "check"
        ? failing(record)
        : record.kind === "repetition" && record.value !== undefined && isSlow(record.cell)
          ? { ...record, value: record.value * SLOWDOWN }
          : record,
    ),
  );
  return dir;
}

const FLAGS = { threshold: 1.05, format: "json" } as const;
const compare = (dirs: readonly string[], flags: Partial<CompareFlags> = {}): Promise<number> =>
  compareCommand(fakeHost({}), dirs, { ...FLAGS, ...flags });

async function comparisonOf(dirs: readonly string[], flags: Partial<CompareFlags> = {}): Promise<RunComparison> {
  const before = terminal.stdout().length;
  await compare(dirs, flags);
  return JSON.parse(terminal.stdout().slice(before)) as RunComparison;
}

/** Two runs per side, so that the variation between runs is known. */
async function slowSides(): Promise<Partial<CompareFlags>> {
  const base = await Promise.all([1, 2, 3].map((seed) => storeRun(`base-${seed}`, { seed })));
  const head = await Promise.all([4, 5, 6].map((seed) => storeRun(`head-${seed}`, { seed, slow: true })));
  return { base, head };
}

const addTimeOf = ({ cells }: RunComparison) =>
  cells.find(({ plugin, metric }) => plugin.head === "ptp" && metric.startsWith("add"));

describe("two sides", () => {
  test("of several runs show a regression, which fails a build only with --fail-on suspect", async () => {
    const sides = await slowSides();
    const cell = addTimeOf(await comparisonOf([], sides));
    expect(cell).toMatchObject({ change: "regression", state: "unconfirmed", base: { runs: 3 }, head: { runs: 3 } });
    expect(cell?.estimate).toBeCloseTo(SLOWDOWN, 1);
    expect(await compare([], sides)).toBe(EXIT.success);
    expect(await compare([], { ...sides, failOn: ["regression"] })).toBe(EXIT.success);
    expect(await compare([], { ...sides, failOn: ["suspect"] })).toBe(EXIT.regression);
  });

  test("that are the same run decide nothing", async () => {
    const dir = await storeRun("same");
    const { cells } = await comparisonOf([dir, dir]);
    expect(cells.length).toBeGreaterThan(0);
    for (const { estimate, scale, verdict, change } of cells)
      expect([estimate, verdict, change]).toEqual([scale === "ratio" ? 1 : 0, "undecided", "none"]);
    expect(await compare([dir, dir], { failOn: ["suspect"] })).toBe(EXIT.success);
    await compare([dir, dir], { format: "text" });
    expect(terminal.stdout()).toContain("both sides are the same runs");
  });

  test("a difference of one run per side without a noise card cannot fail a build", async () => {
    const change: StoredOptions["change"] = ({ noiseCard: _, ...run }) => run;
    const dirs = [await storeRun("a", { change }), await storeRun("b", { seed: 2, slow: true, change })];
    const cell = addTimeOf(await comparisonOf(dirs));
    expect(cell).toMatchObject({ reason: "between-run variation unknown", betweenRuns: null });
    expect(await compare(dirs, { failOn: ["suspect"] })).toBe(EXIT.success);
  });

  test("a renamed plugin is compared with --map", async () => {
    const renamed = sampleRun({ blocks: 8, seed: 2, thirdPlugin: "mycni" });
    const dir = join(temporaryDir(), "renamed");
    (await createRun(dir, { ...renamed.run, id: "renamed" })).append(...renamed.records);
    const { head, uncompared } = await comparisonOf([await storeRun("old"), dir]);
    expect(head.plugins).not.toContain("mycni");
    expect(uncompared.some(({ cell }) => cell.plugin.head === "mycni")).toBe(true);
    const mapped = await comparisonOf([await storeRun("old"), dir], { map: new Map([["simplecni", "mycni"]]) });
    expect(mapped.head.plugins).toContain("mycni");
  });

  test.each(["text", "md", "html", "github", "junit"] as const)("render as %s", async (format) => {
    const out = join(temporaryDir(), "comparison");
    expect(await compare([await storeRun("a"), await storeRun("b", { seed: 2 })], { format, out })).toBe(EXIT.success);
    expect(readFileSync(out, "utf8")).toMatch(/regression/);
    expect(terminal.stdout()).toBe("");
  });
});

describe("a clause that newly fails", () => {
  const KNOWN = "known:\n  - clause: '*/simplecni/*/add-routes/*'\n    reason: agreed\n    expires: 2999-12-31\n";

  test("in one run fails a build with --fail-on suspect, unless it is known", async () => {
    const sides = [await storeRun("right"), await storeRun("wrong", { wrong: true, seed: 2 })];
    const { clauses } = await comparisonOf(sides);
    expect(clauses.filter(({ change }) => change !== "none")).toMatchObject([
      { id: "quick/core/simplecni/netns/add-routes/1.0.0", level: "MUST", change: "regression", state: "unconfirmed" },
    ]);
    expect(await compare(sides)).toBe(EXIT.success);
    expect(await compare(sides, { failOn: ["regression"] })).toBe(EXIT.success);
    expect(await compare(sides, { failOn: ["suspect"] })).toBe(EXIT.regression);
    const known = join(temporaryDir(), "known.yaml");
    writeFileSync(known, KNOWN);
    expect(await compare(sides, { failOn: ["suspect"], known })).toBe(EXIT.success);
  });

  test("in two runs fails a build with --fail-on regression", async () => {
    const head = await Promise.all([2, 3].map((seed) => storeRun(`wrong-${seed}`, { wrong: true, seed })));
    const sides = { base: [await storeRun("right")], head };
    expect(await compare([], { ...sides, failOn: ["regression"] })).toBe(EXIT.regression);
  });
});

describe("two plugins of one run", () => {
  test("are paired by blocks", async () => {
    const comparison = await comparisonOf([await storeRun("run")], { plugins: ["bridge", "simplecni"] });
    expect(comparison).toMatchObject({
      design: "paired",
      base: { plugins: ["bridge"] },
      head: { plugins: ["simplecni"] },
    });
  });

  test("may have the names that run had", async () => {
    const sample = sampleRun({ blocks: 8, thirdPlugin: "bridge-in-new" });
    const dir = join(temporaryDir(), "versions");
    (await createRun(dir, sample.run)).append(...sample.records);
    const comparison = await comparisonOf([dir], { plugins: ["bridge", "bridge@/elsewhere/new"] });
    expect(comparison.head.plugins).toEqual(["bridge-in-new"]);
  });

  test("must be in the run", async () => {
    await expect(compare([await storeRun("run")], { plugins: ["bridge", "simplecn"] })).rejects.toThrow(
      /no plugin simplecn.*did you mean "simplecni"/,
    );
  });
});

describe("known changes", () => {
  const entry = (cell: string, expires = "2999-01-01"): string =>
    `known:\n  - {cell: '${cell}', reason: on purpose, expires: ${expires}}\n`;
  const write = (yaml: string): string => {
    const file = join(temporaryDir(), "known.yaml");
    writeFileSync(file, yaml);
    return file;
  };

  test("do not fail a build", async () => {
    const flags = { ...(await slowSides()), known: write(entry("*/ptp/*/add-time")) };
    expect(addTimeOf(await comparisonOf([], flags))).toMatchObject({ change: "regression", state: "known" });
    expect(await compare([], { ...flags, failOn: ["suspect"] })).toBe(EXIT.success);
  });

  test.each([
    ["an entry that matches no cell", entry("*/ptpp/*"), ":2:5: "],
    ["an expired entry", entry("*", "1969-12-31"), ":2:"],
    ["a file that is not YAML", "{", ":1:"],
  ])("%s is an error with a position, before anything is printed", async (_, yaml, position) => {
    const known = write(yaml);
    const result = compare([await storeRun("a"), await storeRun("b", { seed: 2 })], { known });
    await expect(result).rejects.toThrow(UsageError);
    await expect(result).rejects.toThrow(`${known}${position}`);
    expect(terminal.stdout()).toBe("");
  });
});

/** Stores a run whose plugins have other names. */
async function storeRenamed(): Promise<string> {
  const dir = join(temporaryDir(), "renamed");
  const { run, records } = sampleRun({ blocks: 8 });
  const text = JSON.stringify({ run: { ...run, id: "renamed" }, records });
  const renamed = JSON.parse(text.replaceAll(/bridge|ptp|simplecni/g, "x$&")) as Pick<LoadedRun, "run" | "records">;
  (await createRun(dir, renamed.run)).append(...renamed.records);
  return dir;
}

/** Changes the environment of a run. */
function withEnvironment(facts: object, cluster: object = {}): (run: LoadedRun["run"]) => LoadedRun["run"] {
  return (run) => {
    if (run.environment === null) throw new Error("the sample has an environment");
    const { environment } = run;
    return { ...run, environment: { ...environment, ...facts, cluster: { ...environment.cluster, ...cluster } } };
  };
}

/** Keeps the cells of one scenario. */
function withScenario(name: string): (run: LoadedRun["run"]) => LoadedRun["run"] {
  return (run) => ({
    ...run,
    plan: { ...run.plan, cells: run.plan.cells.filter(({ scenario }) => scenario === name) },
  });
}

describe("bad input", () => {
  type Refusal = readonly [dirs: readonly string[], flags: Partial<CompareFlags>, problem: RegExp];
  const pair = async (): Promise<[string, string]> => [await storeRun("a"), await storeRun("b", { seed: 2 })];

  test.each<[string, () => Promise<Refusal>]>([
    [
      "an empty directory",
      async () => [[await storeRun("a"), temporaryDir()], {}, /is not a run directory: run\.json/],
    ],
    [
      "a file",
      async () => [
        [join(await storeRun("a"), "run.json"), await storeRun("b")],
        {},
        /run\.json is not a run directory: /,
      ],
    ],
    ["a missing directory", async () => [["/nowhere", await storeRun("a")], {}, /^\/nowhere is not a run directory/]],
    ["runs without a common plugin", async () => [[await storeRun("a"), await storeRenamed()], {}, /--map OLD=NEW/]],
    [
      "an unknown plugin of --map",
      async () => [await pair(), { map: new Map([["bridge", "brigde"]]) }, /no plugin brigde \(did you mean "bridge"/],
    ],
    [
      "an unknown reference",
      async () => [await pair(), { reference: "flannel" }, /^--reference flannel: run a only has/],
    ],
    [
      "a run that is given twice on a side",
      async () => {
        const [a, b] = await pair();
        return [[a, b], { base: [a] }, /given twice/];
      },
    ],
    [
      "a run on both sides with others",
      async () => {
        const [a, b] = await pair();
        return [[a, b], { base: [b] }, /run b is on both sides/];
      },
    ],
    [
      "a run of another schema version",
      async () => {
        const [a, b] = await pair();
        const file = join(b, "run.json");
        writeFileSync(file, readFileSync(file, "utf8").replace('"schemaVersion": 1', '"schemaVersion": 2'));
        return [[a, b], {}, /b\/run\.json has schema version 2, supported is 1; use a newer cnibench/];
      },
    ],
  ])("%s is a usage error", async (_, refusal) => {
    const [dirs, flags, problem] = await refusal();
    const result = compare(dirs, flags);
    await expect(result).rejects.toThrow(UsageError);
    await expect(result).rejects.toThrow(problem);
    expect(terminal.stdout()).toBe("");
  });

  test.each<[string, StoredOptions["change"], RegExp]>([
    ["another cluster kind", withEnvironment({}, { kind: "kind" }), /cluster kind is netns in base and kind in head/],
    ["emulated nodes", withEnvironment({}, { emulated: true }), /emulated/],
    ["another MTU between the nodes", withEnvironment({}, { underlayMtu: 9000 }), /underlayMtu is 1500 .* 9000/],
  ])("%s refuses the comparison", async (_, change, problem) => {
    const result = compare([await storeRun("a"), await storeRun("b", { seed: 2, change })]);
    await expect(result).rejects.toThrow(EnvironmentError);
    await expect(result).rejects.toThrow(problem);
  });

  test("runs without a common cell refuse the comparison", async () => {
    const [base, head] = [withScenario("tcp-1"), withScenario("rr-1")];
    const result = compare([await storeRun("a", { change: base }), await storeRun("b", { seed: 2, change: head })]);
    await expect(result).rejects.toThrow(EnvironmentError);
    await expect(result).rejects.toThrow(/nothing to compare: .*; run the same suites/);
  });

  test("life-cycle times on two machines without a common reference refuse the comparison", async () => {
    const base = withScenario("pods");
    const machine = withEnvironment({ cpuModel: "Other CPU", plugins: [] });
    const head: StoredOptions["change"] = (run) => machine(base(run));
    const result = compare([await storeRun("a", { change: base }), await storeRun("b", { seed: 2, change: head })]);
    await expect(result).rejects.toThrow(EnvironmentError);
    await expect(result).rejects.toThrow(/nothing to compare: no common reference.*--reference/);
  });

  test("a resumed run counts blocks that one session measured of the plugin and its reference", async () => {
    const dir = join(temporaryDir(), "resumed");
    const { run, records } = sampleRun({ blocks: 8, seed: 2 });
    const isLater = (cell: string, block: number): boolean => block > 4 || (block === 4 && cell.includes("/ptp/"));
    const resumed = records.map((record) => (isLater(record.cell, record.block) ? { ...record, sitting: 2 } : record));
    (await createRun(dir, { ...run, id: "resumed" })).append(...resumed);
    const { base, head } = addTimeOf(await comparisonOf([await storeRun("a"), dir])) ?? {};
    expect([base?.blocks, head?.blocks]).toEqual([8, 7]);
  });

  test("cells that only the head failed to measure are not measured, with any --fail-on", async () => {
    const failing = sampleRun({ blocks: 8, seed: 2, failure: "exit code 127" });
    const dir = join(temporaryDir(), "failing");
    (await createRun(dir, { ...failing.run, id: "failing" })).append(...failing.records);
    const dirs = [await storeRun("a"), dir];
    expect(await compare(dirs, { format: "text" })).toBe(EXIT.success);
    expect(terminal.stdout()).toMatch(
      /\nFailed in the head only \(\d+\):\n.*bridge\/netns\/cross-node.*exit code 127\n/,
    );
    expect(await compare(dirs, { failOn: ["regression"] })).toBe(EXIT.notMeasured);
    expect(await compare(dirs.toReversed(), { failOn: ["regression"] })).toBe(EXIT.success);
  });

  test("a plugin that only the base measured is listed first, and not measured with any --fail-on", async () => {
    const change: StoredOptions["change"] = (run) => {
      const isKept = ({ plugin }: { readonly plugin: string }): boolean => plugin !== "ptp";
      const plugins = run.plan.plugins.filter((plugin) => isKept({ plugin }));
      return { ...run, plan: { ...run.plan, plugins, cells: run.plan.cells.filter(isKept) } };
    };
    const dirs = [await storeRun("a"), await storeRun("b", { seed: 2, change })];
    expect(await compare(dirs, { format: "text" })).toBe(EXIT.success);
    expect(terminal.stdout()).toMatch(/The sides differ \(\d+\):\n {2}plugin ptp: measured → missing\n/);
    expect(await compare(dirs, { failOn: ["regression"] })).toBe(EXIT.notMeasured);
    expect(await compare(dirs.toReversed(), { failOn: ["regression"] })).toBe(EXIT.success);
  });

  test("another kernel is listed", async () => {
    const change = withEnvironment({ kernel: "6.12.0" });
    await compare([await storeRun("a"), await storeRun("b", { seed: 2, change })], { format: "text" });
    expect(terminal.stdout()).toMatch(/The sides differ \(\d+\):\n(.*\n)*? {2}kernel: 6\.1\.0-18-amd64 → 6\.12\.0\n/);
  });

  test("a torn line and an interrupted run are warnings", async () => {
    const dir = await storeRun("torn", { seed: 2, change: (run) => ({ ...run, outcome: "interrupted" }) });
    appendFileSync(join(dir, "results.jsonl"), '{"schemaVersion":1,"ki');
    await compare([await storeRun("a"), dir], { format: "text" });
    expect(terminal.stdout()).toMatch(/run torn .*interrupted/);
    expect(terminal.stdout()).toContain("run torn: torn-line: ");
  });
});
