/** Decides what two measurements of the same regressions show together. Pure. */
import {
  changeOf,
  type ComparedCell,
  type ComparedClause,
  type GateFile,
  type GateOutcome,
  isBroken,
  isSuspect,
  isSuspectClause,
  type RunComparison,
  type Suspect,
  type SuspectClause,
  type SuspectEstimate,
  type Threshold,
  type UncomparedCell,
} from "../../results/index.ts";

/** The second measurement: its comparisons, one for each plugin if it is paired. */
export type SecondMeasurement = readonly RunComparison[];

/**
 * Returns the suspects with what the second measurement shows: a regression must be one in both. Each measurement is
 * judged by the 95 % interval of its cell and by the threshold.
 */
export function judgeSuspects(suspects: readonly ComparedCell[], second: SecondMeasurement): readonly Suspect[] {
  const measured = second.flatMap(({ cells, threshold }) => cells.map((cell) => ({ cell, threshold })));
  return suspects.map((first) => {
    const again = measured.find(({ cell }) => isSameQuestion(cell, first));
    const { id, suite, scenario, path, metric, plugin, better } = first;
    return {
      ...{ id, suite, scenario, path, metric, plugin, better },
      state: again === undefined ? "unconfirmed" : stateOf(again.cell, again.threshold),
      first: estimateOf(first),
      second: again === undefined ? null : estimateOf(again.cell),
    };
  });
}

function isSameQuestion(a: ComparedCell, b: ComparedCell): boolean {
  const keyOf = ({ suite, scenario, path, metric, plugin }: ComparedCell): string =>
    [suite, scenario, plugin.head, path, metric].join("/");
  return keyOf(a) === keyOf(b);
}

/** Reasons that weaken a regression, and not its absence. */
const WEAKER_CLAIMS: ReadonlySet<ComparedCell["reason"]> = new Set([
  "between-run variation unknown",
  "reference changed",
]);

/**
 * A reason means that the numbers decide less than they seem to, and without an interval they decide nothing: a
 * regression is neither shown nor refuted.
 */
function stateOf(cell: ComparedCell, threshold: Threshold): Suspect["state"] {
  if (cell.ci95 === null) return "unconfirmed";
  if (isRegression(cell, threshold)) return cell.reason === undefined ? "confirmed" : "unconfirmed";
  return cell.reason === undefined || WEAKER_CLAIMS.has(cell.reason) ? "refuted" : "unconfirmed";
}

/**
 * Reports whether the 95 % interval excludes no change, and the estimate exceeds the threshold. The verdict of the cell
 * is stricter: it accounts for all cells of the comparison, but these were chosen by another measurement.
 */
function isRegression(
  { metric, better, scale, estimate, ci95, base, head }: ComparedCell,
  threshold: Threshold,
): boolean {
  if (ci95 === null) return false;
  const none = scale === "ratio" ? 1 : 0;
  const isWorse = better === "higher" ? ci95[1] < none : ci95[0] > none;
  const difference = scale === "ratio" ? Math.log(estimate) : estimate;
  const judged = { metric, scale, difference, base: base.value, head: head.value };
  return changeOf({ ...judged, verdict: isWorse ? "worse" : "undecided" }, threshold) === "regression";
}

function estimateOf({ scale, estimate, ci95, reason }: ComparedCell): SuspectEstimate {
  return { scale, estimate, ci95, ...(reason !== undefined && { reason }) };
}

/** The conclusion of a gate. */
export interface Judgement {
  readonly outcome: GateOutcome;
  readonly reason?: string;
}

/** A cell, a clause or a check of the first measurement about which nothing is known, with the reason. */
export interface OpenResult {
  readonly id: string;
  readonly reason: string;
}

/** Returns a cell that the base measured and the head did not, or not in the same way. @param id also of a check */
export function lostResult(id: string, lost: Pick<UncomparedCell, "base" | "head" | "reason">): OpenResult {
  // Errors of a plugin can be long, and have personal data.
  const reason = isBroken(lost) ? lost.reason.replace(/ in head: .*/su, " in the head only") : lost.reason;
  return { id, reason };
}

/** Reports whether a cell of the first measurement would be a suspect if the machine had not been busy. */
export function isHidden(cell: ComparedCell, threshold: Threshold): boolean {
  return cell.reason === "busy machine" && isRegression(cell, threshold);
}

/**
 * Concludes from the suspects, which are measured again as far as possible. One confirmed regression is enough.
 * @param openResults results that may have become worse although they are not suspects
 */
export function conclude(
  { suspects, clauses }: Pick<GateFile, "suspects" | "clauses">,
  openResults: readonly OpenResult[],
): Judgement {
  const all = [...suspects, ...clauses];
  if (all.some(({ state }) => state === "confirmed")) return { outcome: "regression" };
  const open = all.filter(({ state }) => state === "unconfirmed");
  const undecided = [...open.map(({ id, second }) => ({ id, reason: reasonOf(second) })), ...openResults];
  if (undecided.length === 0) return { outcome: "passed" };
  const cells = undecided.map(({ id, reason }) => `${id} (${reason})`);
  return { outcome: "incomplete", reason: `the measurements do not decide ${cells.join(", ")}` };
}

function reasonOf(second: Suspect["second"] | SuspectClause["second"]): string {
  if (second === null) return "not measured again";
  return second.reason ?? ("head" in second ? `second test: ${second.head}` : "not measured again");
}

/** Returns the comparison with the states of its suspects, for the reports. */
export function withStates(
  first: RunComparison,
  { suspects, clauses }: Pick<GateFile, "suspects" | "clauses">,
): RunComparison {
  const states = new Map([...suspects, ...clauses].map(({ id, state }) => [id, state]));
  return {
    ...first,
    cells: first.cells.map((cell): ComparedCell => {
      const state = isSuspect(cell) ? states.get(cell.id) : undefined;
      return state === undefined ? cell : { ...cell, state };
    }),
    clauses: first.clauses.map((clause): ComparedClause => {
      const state = isSuspectClause(clause) ? states.get(clause.id) : undefined;
      return state === undefined ? clause : { ...clause, state };
    }),
  };
}
