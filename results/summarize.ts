/** Computes the summary of a stored run. This is the only place that derives numbers from values. Pure. */
import type { Warning } from "../core/warning-codes.ts";
import { foldCell, lastPerBlock } from "./blocks.ts";
import type { Block, FoldedCell } from "./blocks.ts";
import { bandsOf } from "./bands.ts";
import { pairBlocks, ratioOf } from "./baseline-ratio.ts";
import type { MeasuredCell } from "./compare-question.ts";
import { compareAll } from "./comparisons.ts";
import { foldChecks, missingVerdictWarnings } from "./fold-checks.ts";
import type { PlannedCell, ResultRecord, RunFile } from "./record.ts";
import { RecordList } from "./record-list.ts";
import { cellWarnings, runWideWarnings, type WarnedCell } from "./run-warnings.ts";
import { coefficientOfVariation, median, medianInterval } from "./statistics.ts";
import { SUMMARY_VERSION, type Summary, type SummaryCell } from "./summary.ts";
import { qualityWarnings } from "./warnings.ts";

interface Folded {
  readonly planned: PlannedCell;
  readonly folded: FoldedCell;
}

/** Summarizes a run. @param loadWarnings problems of the stored files, from `loadRun` */
export function summarize(
  run: RunFile,
  records: Iterable<ResultRecord>,
  loadWarnings: readonly Warning[] = [],
): Summary {
  const list = RecordList.of(records);
  const { checks } = list;
  const folded = run.plan.cells.map((cell) => ({
    planned: cell,
    folded: foldCell(cell, list.outcomesOf(cell.id), run),
  }));
  const baselines = new Map(folded.filter(isBaseline).map((cell) => [questionKey(cell.planned), blocksOf(cell)]));
  // Results of emulated processors do not apply to real ones: they are displayed but never ranked.
  const ranked = run.environment?.cluster.emulated === true ? [] : folded;
  return {
    schemaVersion: SUMMARY_VERSION,
    run: { ...omit(run, "definition", "warnings"), plan: omit(run.plan, "cells", "checks") },
    cells: folded.map((cell) =>
      summarizeCell(cell, isBaseline(cell) ? [] : (baselines.get(questionKey(cell.planned)) ?? [])),
    ),
    conformance: foldChecks(run, checks),
    ...compareAll(ranked.map(measuredCell), {
      seed: run.seed,
      headlines: run.plan.headlines ?? [],
      bandOf: bandsOf(run),
    }),
    warnings: [
      ...run.warnings,
      ...loadWarnings,
      ...runWideWarnings(run, folded.map(warnedCell)),
      ...missingVerdictWarnings(run, checks),
    ],
  };
}

function isBaseline({ planned }: Folded): boolean {
  return planned.path === "host";
}

function questionKey({ suite, scenario, cluster, metric }: PlannedCell): string {
  return [suite, scenario, cluster, metric].join("/");
}

function blocksOf({ folded }: Folded): readonly Block[] {
  return folded.state === "measured" ? folded.blocks : [];
}

function measuredCell(cell: Folded): MeasuredCell {
  const { folded, planned } = cell;
  return { planned, blocks: blocksOf(cell), busy: folded.state === "measured" && folded.busy };
}

function warnedCell({ planned, folded }: Folded): WarnedCell {
  return { planned, warnings: folded.state === "skipped" ? [] : folded.warnings };
}

function summarizeCell({ planned, folded }: Folded, baseline: readonly Block[]): SummaryCell {
  const key = omit(planned, "repetitions", "blocks", "duration", "skip");
  if (folded.state === "skipped") return { ...key, ...EMPTY_NUMBERS, state: "skipped", reason: folded.reason };
  if (folded.state === "failed") {
    return { ...key, ...EMPTY_NUMBERS, state: "failed", error: folded.error, warnings: cellWarnings(folded.warnings) };
  }
  const blocks = lastPerBlock(folded.blocks);
  const values = blocks.map(({ value }) => value);
  const paired = pairBlocks(blocks, baseline);
  return {
    ...key,
    state: "measured",
    n: values.length,
    median: median(values),
    ci95: medianInterval(values),
    min: Math.min(...values),
    max: Math.max(...values),
    cv: coefficientOfVariation(values),
    values,
    baselineRatio: ratioOf(paired),
    warnings: [
      ...cellWarnings(folded.warnings),
      ...(baseline.length === 0 ? [] : unpairedWarnings(blocks.length, paired.length)),
      ...qualityWarnings(blocks, planned.better),
    ],
  };
}

const EMPTY_NUMBERS = {
  n: 0,
  median: null,
  ci95: null,
  min: null,
  max: null,
  cv: null,
  values: [],
  baselineRatio: null,
  warnings: [],
} as const;

/** Warns about blocks without a baseline: values are divided by the baseline of their session to cancel drift. */
function unpairedWarnings(count: number, paired: number): Warning[] {
  const unpairedCount = count - paired;
  if (unpairedCount === 0) return [];
  const message =
    `${unpairedCount} of ${count} blocks have no baseline in the same session ` +
    "and are omitted from the baseline ratio";
  return [{ code: "unpaired-blocks", message }];
}

function omit<T extends object, K extends keyof T>(object: T, ...keys: K[]): Omit<T, K> {
  const copy = { ...object };
  for (const key of keys) delete copy[key];
  return copy;
}
