/** Stopping rules decide after each block, from stored results, without regard to the labels of the plugins. */
import { describe, expect, it } from "vitest";
import type { Repetition, ResultRecord, RunFile } from "../../results/record.ts";
import type { StoppingDecision } from "../../results/stopping-rule.ts";
import { seededRandom, shuffle } from "../../results/random.ts";
import { validator } from "../../results/run-schema.ts";
import { decideStopping, isDecisionDue } from "../../results/stopping.ts";
import { summarize } from "../../results/summarize.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const HEADLINES = ["quick/tcp-1/cross-node/throughput", "quick/pods/same-node/add-time"];
const sample = sampleRun({ blocks: 12 });

function adaptive(
  rule: Partial<{ min: number; max: number; until: number }> = {},
  changes: Partial<RunFile> = {},
): RunFile {
  const stoppingRules = { quick: { min: 6, max: 12, until: 0.05, ...rule } };
  return {
    ...sample.run,
    outcome: null,
    plan: { ...sample.run.plan, headlines: HEADLINES, stoppingRules },
    ...changes,
  };
}

function recordsUpTo(block: number, change: (record: Repetition) => Partial<Repetition> = () => ({})): ResultRecord[] {
  const records = sample.records.filter((record) => record.block <= block);
  return records.map((record) => (record.kind === "repetition" ? { ...record, ...change(record) } : record));
}

/** Exchanges the values of the plugins of every question, inside each block. */
function withExchangedLabels(records: readonly ResultRecord[], seed: number): ResultRecord[] {
  const random = seededRandom(seed);
  const orders = new Map<string, string[]>();
  const plugins = sample.run.plan.plugins;
  return records.map((record) => {
    const [suite, scenario, plugin = "", ...rest] = record.cell.split("/");
    if (!plugins.includes(plugin)) return record;
    const key = [scenario, ...rest, record.block].join("/");
    const order = orders.get(key) ?? shuffle(plugins, random);
    orders.set(key, order);
    return { ...record, cell: [suite, scenario, order[plugins.indexOf(plugin)], ...rest].join("/") };
  });
}

it("decides the same for all labels of the values", () => {
  const decisions = [2, 5, 6, 9, 12].map((block) => {
    const [expected] = decideStopping(adaptive(), recordsUpTo(block), block);
    for (let seed = 0; seed < 20; seed++) {
      const exchanged = withExchangedLabels(recordsUpTo(block), seed);
      expect(decideStopping(adaptive(), exchanged, block)).toEqual([expected]);
    }
    return expected;
  });
  expect(new Set(decisions.map((decision) => decision?.stop))).toEqual(new Set([false, true]));
});

it("stops at the widest headline, and not before the smallest number of blocks", () => {
  const decide = (until: number, block: number): StoppingDecision | undefined =>
    decideStopping(adaptive({ until }), recordsUpTo(block), block)[0];
  const { halfWidth, question } = decide(0.5, 8) as StoppingDecision;
  expect(question).toBe("quick/pods/same-node/add-time");
  expect(decide((halfWidth ?? 0) * 1.001, 8)).toMatchObject({ suite: "quick", block: 8, stop: true });
  expect(decide((halfWidth ?? 0) * 0.999, 8)).toMatchObject({ stop: false });
  expect(decide(0.9, 5)).toMatchObject({ block: 5, stop: false });
  expect(decide(0.9, 6)).toMatchObject({ block: 6, stop: true });
});

it("decides each block once, from the second to the last, until the suite has stopped", () => {
  expect(isDecisionDue(sample.run, 6)).toBe(false);
  const due = [0, 1, 2, 12, 13].map((block) => isDecisionDue(adaptive(), block));
  expect(due).toEqual([false, false, true, true, false]);
  const decision = { suite: "quick", block: 6, question: null, halfWidth: null, stop: false };
  expect(isDecisionDue(adaptive({}, { stopping: [decision] }), 6)).toBe(false);
  expect(isDecisionDue(adaptive({}, { stopping: [decision] }), 7)).toBe(true);
  expect(isDecisionDue(adaptive({}, { stopping: [{ ...decision, stop: true }] }), 7)).toBe(false);
});

describe("a headline without an interval", () => {
  const decide = (change: (record: Repetition) => Partial<Repetition>): StoppingDecision | undefined =>
    decideStopping(adaptive(), recordsUpTo(8, change), 8)[0];

  it("does not count if its values have no ratio", () => {
    const zero = decide(({ cell }) => (cell.endsWith("/add-time") ? { value: 0 } : {}));
    expect(zero?.question).toBe("quick/tcp-1/cross-node/throughput");
  });

  it("does not stop the suite if no other one counts", () => {
    expect(decide(() => ({ value: 0 }))).toMatchObject({ question: null, halfWidth: null, stop: false });
  });

  it("omits a plugin with a failure, as the comparison does", () => {
    const failed = ({ cell }: Repetition): Partial<Repetition> =>
      cell.includes("/ptp/") ? { value: undefined, error: "timeout" } : {};
    expect(decide(failed)?.halfWidth).toBeGreaterThan(0);
  });
});

describe("the summary of a stopped run", () => {
  const stopping = [{ suite: "quick", block: 8, question: HEADLINES[0] as string, halfWidth: 0.04, stop: true }];
  const run = adaptive({}, { outcome: "complete", stopping });

  it("does not miss the blocks after the stop", () => {
    const summary = summarize(run, recordsUpTo(8));
    const measured = summary.cells.filter(({ state }) => state === "measured");
    expect(new Set(measured.map(({ n }) => n))).toEqual(new Set([8]));
    expect(summary.cells.filter(({ error }) => error?.startsWith("not measured"))).toEqual([]);
    expect(summary.run.stopping).toEqual(stopping);
    const asJson = JSON.parse(JSON.stringify({ run, summary })) as { run: unknown; summary: unknown };
    expect([validator("run")(asJson.run), validator("summary")(asJson.summary)]).toEqual([null, null]);
  });

  it("misses blocks before it", () => {
    const summary = summarize(run, recordsUpTo(7));
    expect(summary.cells.filter(({ error }) => error === "not measured: no results of 1 of 8 blocks")).not.toEqual([]);
  });

  it("names the largest number of blocks if the run was interrupted before a stop", () => {
    const warnings = summarize(adaptive({}, { outcome: "interrupted" }), recordsUpTo(7)).cells.flatMap(
      (cell) => cell.warnings,
    );
    expect(warnings).toContainEqual({
      code: "incomplete",
      message: "only 7 of up to 12 blocks measured: the run was interrupted",
    });
  });
});
