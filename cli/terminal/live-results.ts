/** The values of the main questions of a run while it is in progress, and their running estimates. */
import { groupBy } from "../../core/group.ts";
import { isShownIn } from "../../core/metrics.ts";
import type { Plan, RunEvent } from "../../engine/index.ts";
import { BASELINE } from "../../plugins/index.ts";
import { median, medianInterval, type PlannedCell, questionId, type ResultRecord } from "../../results/index.ts";

/** A plugin, or the baseline, in one question. */
export interface LiveRow {
  /** `tcp-1 cross-node throughput`, with the suite if there are several. */
  readonly question: string;
  readonly cell: LiveCell;
}

/** The values of one cell. An event costs two sorts, of the values of a block and of one value per block. */
export class LiveCell {
  readonly planned: PlannedCell;
  /** The last value; null: none. */
  last: number | null = null;
  /** Median of the complete blocks; null: none. */
  median: number | null = null;
  /** 95 % interval of the median; null: too few blocks. */
  interval: readonly [number, number] | null = null;
  /** Why the report will have no value; null: it may have one. */
  problem: "failed" | "skipped" | null = null;
  /** Values of the repetitions by block. */
  readonly #repetitions = new Map<number, Map<number, number>>();
  /** Values of the complete blocks. */
  readonly #blocks = new Map<number, number>();

  constructor(planned: PlannedCell) {
    this.planned = planned;
  }

  /** Number of complete blocks. */
  get blocks(): number {
    return this.#blocks.size;
  }

  /** Adds the value of a repetition, or replaces it. */
  add(block: number, rep: number, value: number): void {
    this.last = value;
    const repetitions = this.#repetitions.get(block) ?? new Map<number, number>();
    this.#repetitions.set(block, repetitions.set(rep, value));
    if (repetitions.size < this.planned.repetitions) return;
    this.#blocks.set(block, median([...repetitions.values()]));
    const values = [...this.#blocks.values()];
    this.median = median(values);
    this.interval = medianInterval(values);
  }
}

export class LiveResults {
  readonly rows: readonly LiveRow[];
  /** By cell ID. */
  readonly #cells: ReadonlyMap<string, LiveCell>;

  /** @param earlier results of earlier sessions of the run */
  constructor(plan: Pick<Plan, "cells" | "headlines">, earlier: Iterable<ResultRecord> = []) {
    const shown = shownQuestions(plan);
    const cells = new Map(shown.flatMap(({ cells }) => cells.map((cell) => [cell.id, new LiveCell(cell)] as const)));
    this.#cells = cells;
    this.rows = shown.flatMap(({ question, cells: planned }) =>
      planned.flatMap(({ id }) => ({ question, cell: cells.get(id) as LiveCell })),
    );
    for (const record of earlier) if (record.kind === "repetition") this.#addRecord(record);
  }

  add(event: RunEvent): void {
    if (event.kind === "failed") for (const task of event.tasks) this.#setProblem(task, "failed");
    if (event.kind === "skipped") this.#setProblem(event.task, "skipped");
    if (event.kind !== "measured") return;
    for (const [metric, value] of Object.entries(event.values))
      this.#cells.get(`${event.task.id}/${metric}`)?.add(event.block, event.rep, value);
  }

  /** Returns the index of the first row that a task measures, or -1. */
  rowOf({ id }: { readonly id: string }): number {
    return this.rows.findIndex(({ cell: { planned } }) => planned.id.startsWith(`${id}/`));
  }

  #addRecord({ cell: id, block, rep, value, error }: Extract<ResultRecord, { kind: "repetition" }>): void {
    const cell = this.#cells.get(id);
    if (cell === undefined) return;
    if (value !== undefined) cell.add(block, rep, value);
    else cell.problem = error === undefined ? "skipped" : "failed";
  }

  #setProblem({ id }: { readonly id: string }, problem: LiveCell["problem"]): void {
    for (const { cell } of this.rows) if (cell.planned.id.startsWith(`${id}/`)) cell.problem = problem;
  }
}

interface ShownQuestion {
  readonly question: string;
  /** The baseline first, then the plugins in plan order. */
  readonly cells: readonly PlannedCell[];
}

/** Returns the headline questions, or the main metrics of a run without them, as the report does. */
function shownQuestions({ cells, headlines = [] }: Pick<Plan, "cells" | "headlines">): ShownQuestion[] {
  const measured = cells.filter(({ skip, better }) => skip === undefined && better !== "none");
  const ofPlugins = measured.filter(({ plugin }) => plugin !== BASELINE);
  const ranked = ofPlugins.length > 0 ? ofPlugins : measured;
  const named = ranked.filter((cell) => headlines.includes(questionId(cell)));
  const main = ranked.filter(({ metric }) => isShownIn("report", metric));
  const shown = [named, main, ranked].find((each) => each.length > 0) ?? [];
  const severalSuites = new Set(shown.map(({ suite }) => suite)).size > 1;
  return [...groupBy(shown, questionId).values()].map((ofQuestion) => {
    const { suite, scenario, path, metric } = ofQuestion[0] as PlannedCell;
    const baseline = measured.filter(
      (cell) =>
        cell.plugin === BASELINE && cell.suite === suite && cell.scenario === scenario && cell.metric === metric,
    );
    const question = `${severalSuites ? `${suite} ` : ""}${scenario} ${path} ${metric}`;
    return { question, cells: [...new Set([...baseline, ...ofQuestion])] };
  });
}
