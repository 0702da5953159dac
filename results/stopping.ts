/** Decides after which block an adaptive suite stops: see docs/method.md, "Adaptive repetition". */
import { groupBy } from "../core/group.ts";
import { foldCell, lastPerBlock, stoppedAfter, type Block } from "./blocks.ts";
import { questionId } from "./comparisons.ts";
import { ratioHalfWidth } from "./inference/label-blind.ts";
import { observationsOf, scaleOf } from "./observations.ts";
import type { PlannedCell, Repetition, ResultRecord, RunFile } from "./record.ts";
import type { StoppingDecision, StoppingRule } from "./stopping-rule.ts";

/** The first block with a figure: one block has no spread. */
const FIRST_DECISION = 2;

/** Reports whether an adaptive suite needs a decision after a block. */
export function isDecisionDue(run: Pick<RunFile, "plan" | "stopping">, block: number): boolean {
  return dueSuites(run, block).length > 0;
}

/**
 * Returns the decisions that are due after a block: one for each adaptive suite that has not stopped. Stored decisions
 * remain, so that no block is decided twice.
 * @param records all results up to this block, or those of the headlines
 */
export function decideStopping(run: RunFile, records: readonly ResultRecord[], block: number): StoppingDecision[] {
  return dueSuites(run, block).map(([suite, { min, until }]) => {
    const { question, halfWidth } = widestHeadline(run, records, suite);
    return { suite, block, question, halfWidth, stop: block >= min && halfWidth !== null && halfWidth <= until };
  });
}

/** Returns all decisions that follow from the records of a run, whatever decisions it has stored. */
export function replayStopping(run: RunFile, records: Iterable<ResultRecord>): StoppingDecision[] {
  const ids = new Set(headlineCells(run).map(({ id }) => id));
  const byBlock = [...records].filter(({ cell }) => ids.has(cell)).sort((a, b) => a.block - b.block);
  const stopping: StoppingDecision[] = [];
  for (let block = FIRST_DECISION, end = 0; isDecisionDue({ ...run, stopping }, block); block++) {
    while ((byBlock[end]?.block ?? Infinity) <= block) end++;
    stopping.push(...decideStopping({ ...run, stopping }, byBlock.slice(0, end), block));
  }
  return stopping;
}

function dueSuites(run: Pick<RunFile, "plan" | "stopping">, block: number): [string, StoppingRule][] {
  const { stopping = [], plan } = run;
  const isDecided = (suite: string): boolean => stopping.some((each) => each.suite === suite && each.block === block);
  return Object.entries(plan.stoppingRules ?? {}).filter(
    ([suite, { max }]) =>
      block >= FIRST_DECISION && block <= max && stoppedAfter(run, suite) === null && !isDecided(suite),
  );
}

/**
 * Returns the headline with the widest interval. Headlines whose values can have no ratio (0 or less) and those without
 * results do not count.
 */
function widestHeadline(
  run: RunFile,
  records: readonly ResultRecord[],
  suite: string,
): Pick<StoppingDecision, "question" | "halfWidth"> {
  const cells = headlineCells(run).filter((cell) => cell.suite === suite);
  const ids = new Set(cells.map(({ id }) => id));
  const repetitions = groupBy(
    records.filter((record): record is Repetition => record.kind === "repetition" && ids.has(record.cell)),
    ({ cell }) => cell,
  );
  const running = { ...run, outcome: null };
  const widths = [...groupBy(cells, questionId)].flatMap(([question, ofQuestion]) => {
    const folded = ofQuestion.map((cell) => foldCell(cell, repetitions.get(cell.id) ?? [], running));
    const halfWidth = halfWidthOf(folded.flatMap((cell) => (cell.state === "measured" ? [cell.blocks] : [])));
    return halfWidth === null ? [] : [{ question, halfWidth }];
  });
  return widths.toSorted((a, b) => b.halfWidth - a.halfWidth)[0] ?? { question: null, halfWidth: null };
}

/** Returns the cells whose results decide. */
function headlineCells({ plan }: RunFile): PlannedCell[] {
  const headlines = new Set(plan.headlines);
  return plan.cells.filter((cell) => headlines.has(questionId(cell)));
}

function halfWidthOf(plugins: readonly (readonly Block[])[]): number | null {
  if (scaleOf(plugins) !== "ratio") return null;
  const [first = []] = plugins;
  if (plugins.length === 1) return ratioHalfWidth(lastPerBlock(first).map(({ value }) => [Math.log(value)]));
  return ratioHalfWidth(
    observationsOf(plugins, "ratio").map((row) => row.filter((value): value is number => value !== null)),
  );
}
