/** Defines the result of a benchmark, its Markdown and the exit code of `npm run bench`. */
import { formatProblem, type Problem } from "../core/errors.ts";

/** The figures of one benchmark on one machine. */
export interface Benchmark {
  readonly name: string;
  /** Empty if nothing was measured. */
  readonly rows: readonly (readonly [label: string, figure: string])[];
  /** The requirement that the figures must meet. */
  readonly target: string;
  readonly result: TargetResult;
}

export type TargetResult = "met" | "missed" | NotMeasured;

interface NotMeasured {
  /** The reason. */
  readonly notMeasured: string;
}

export function targetResult(met: boolean): TargetResult {
  return met ? "met" : "missed";
}

/** Returns the result of a benchmark that cannot run because of the problems. */
export function notMeasured(name: string, target: string, problems: readonly Problem[]): Benchmark {
  return { name, rows: [], target, result: { notMeasured: problems.map(formatProblem).join("; ") } };
}

export function toMarkdown({ name, rows, target, result }: Benchmark): string {
  const table = rows.length === 0 ? [] : ["| | |", "|---|---|", ...rows.map((row) => `| ${row.join(" | ")} |`), ""];
  return [`## ${name}`, "", ...table, `Target: ${target}: ${describeResult(result)}.`].join("\n");
}

function describeResult(result: TargetResult): string {
  if (typeof result === "object") return `not measured (${result.notMeasured})`;
  return result === "met" ? "met" : "MISSED";
}

/** Returns 1 if a target is missed. A target that was not measured counts neither as met nor as missed. */
export function exitCodeOf(results: readonly TargetResult[]): 0 | 1 {
  return results.includes("missed") ? 1 : 0;
}

/** Returns the duration of each of `count` calls, milliseconds, after a warm-up of one tenth as many calls. */
export async function timeEach(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = -Math.ceil(count / 10); i < count; i++) {
    const start = performance.now();
    await call();
    if (i >= 0) times.push(performance.now() - start);
  }
  return times;
}

export function formatMs(value: number): string {
  return `${value.toFixed(2)} ms`;
}
