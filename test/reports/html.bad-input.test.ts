/** Pages of unusual runs: each renders, says what is missing, and shows no value of the program instead of text. */
import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import { reportInput } from "../../reports/report.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import type { ResultRecord, RunFile } from "../../results/record.ts";
import { BLOCKS, comparedRun } from "../helpers/compared-run.ts";
import { shownTexts } from "../helpers/page-text.ts";

const base = comparedRun({ id: "base" });

function changed(run: (run: RunFile) => Partial<RunFile>, records: readonly ResultRecord[] = []): LoadedRun {
  return { ...base, run: { ...base.run, ...run(base.run) }, records };
}

/** Returns an object without keys, as older versions stored it. */
function without<T extends object>(value: T, ...keys: readonly string[]): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) as T;
}

/** The longest name that a stored run can have. */
const LONG = "n".repeat(200);

const RUNS = {
  "without cells": changed(({ plan }) => ({
    ...{ id: "none", outcome: null, finishedAt: null, environment: null },
    plan: { ...plan, plugins: [], cells: [], order: [] },
  })),
  "without results": changed(() => ({ id: "early", outcome: "interrupted" })),
  "with failures only": changed(
    () => ({ id: "failures" }),
    [...base.records].map((record) => ({ ...without(record, "value"), error: "no route" })),
  ),
  "with skips only": changed(({ plan }) => ({
    id: "skips",
    plan: { ...plan, cells: plan.cells.map((cell) => ({ ...cell, skip: "no recipe" })) },
  })),
  "of one plugin and one block": comparedRun({ id: "one", plugins: ["bridge"], blocks: 1 }),
  "of an older version": changed(
    ({ environment, plan, versions }) => ({
      ...{
        id: "older",
        plan: without(plan, "defaultBands", "headlines"),
        versions: { ...versions, cnibench: "0.0.9" },
      },
      environment: environment && without(environment, "link"),
    }),
    [...base.records],
  ),
  "with huge and tiny values": comparedRun({
    id: "huge",
    measure: (plugin, _, block) => (plugin === "p" ? 1e-300 : 1e300) * (1 + block / BLOCKS),
  }),
  "with long and foreign names": comparedRun({ id: "names", plugins: [LONG, "مرحبا", "🚀"], blocks: 2 }),
} as const;

const render = (...runs: LoadedRun[]): Promise<string> => reports.html.render(runs.map(reportInput));

function textOf(page: string): string {
  const text = shownTexts(page, "en").join(" ");
  expect(text).not.toMatch(/\b(undefined|NaN|null|Infinity)\b|\[object /);
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of page.matchAll(/\bhref="#([^"]*)"/g)) expect(ids).toContain(target);
  return text;
}

describe("a page of a run", () => {
  it.each<[keyof typeof RUNS, string]>([
    ["without cells", "The run has no measured question."],
    ["without cells", "The environment was not collected."],
    ["without results", "not measured: the run was interrupted"],
    ["without results", "The run did not finish"],
    ["with failures only", "5 cells of 5 failed and have no value."],
    ["with failures only", "no route"],
    ["with skips only", "no recipe"],
    ["of one plugin and one block", "too few blocks for an interval"],
    ["of an older version", "0.0.9"],
    ["with huge and tiny values", "Throughput"],
    ["with long and foreign names", LONG],
  ])("%s says %j", async (name, expected) => {
    expect(textOf(await render(RUNS[name]))).toContain(expected);
  });
});

describe("a page of all of these runs", () => {
  const runs = Object.values(RUNS);

  it("says what each of them lacks", async () => {
    const page = await render(...runs);
    const text = textOf(page);
    for (const part of [
      `in ${runs.length} runs`,
      "No plugin is in all runs.",
      "No cell was planned.",
      "No cell was measured: 5 failed, 0 skipped.",
      "No cell was measured: 0 failed, 5 skipped.",
      "The run did not finish.",
      "not in this run",
    ])
      expect(text).toContain(part);
  });

  it("is Markdown as well", async () => {
    const text = await reports.md.render(runs.map(reportInput));
    expect(text).toContain(`## ${runs.length} runs`);
    expect(text).toContain("No cell was measured: 5 failed, 0 skipped.");
    expect(text).not.toMatch(/\b(undefined|NaN|Infinity)\b|\[object /);
  });
});
