/** The outcome of a comparison: its cells by kind of change, those that fail a build, and the answer. */
import {
  type ComparedCell,
  isBroken,
  isConclusive,
  type RunComparison,
  type UncomparedCell,
} from "../../results/index.ts";
import { formatCount, formatPercent } from "../format.ts";
import { isUseful, MAX_FACTOR } from "./cell-text.ts";
import type { FailOn } from "./comparison-format.ts";

/** A list of cells with its title; more important lists come first. */
export interface CellGroup {
  readonly title: string;
  readonly kind: "confirmed" | "suspect" | "improvement" | "known" | "refuted" | "other";
  /** Headlines first, then the largest change. */
  readonly cells: readonly ComparedCell[];
}

const TITLES: Readonly<Record<CellGroup["kind"], string>> = {
  confirmed: "Confirmed regressions",
  suspect: "Suspected regressions, not confirmed",
  improvement: "Improvements",
  known: "Known regressions",
  refuted: "Suspicions that a second measurement did not confirm",
  other: "No change beyond the threshold",
};

/** Returns the non-empty groups of cells. */
export function cellGroups({ cells }: RunComparison): CellGroup[] {
  const kinds = Object.keys(TITLES) as CellGroup["kind"][];
  return kinds
    .map((kind) => ({
      kind,
      title: TITLES[kind],
      cells: cells.filter((cell) => kindOf(cell) === kind).toSorted(byImportance),
    }))
    .filter((group) => group.cells.length > 0);
}

/** Returns the cells for which `--fail-on` demands exit code 5. */
export function failingCells({ cells }: RunComparison, failOn: readonly FailOn[]): ComparedCell[] {
  return cells.filter((cell) => {
    const kind = kindOf(cell);
    if (kind === "confirmed") return failOn.length > 0;
    return kind === "suspect" && isConclusive(cell) && failOn.includes("suspect");
  });
}

export const BROKEN_TITLE = "Failed in the head only";

export function brokenCells({ uncompared }: RunComparison): UncomparedCell[] {
  return uncompared.filter(isBroken);
}

/** Returns the base plugins that were measured and have no partner in the head. */
export function missingPlugins({ base, uncompared }: RunComparison): string[] {
  const missing = uncompared.filter((cell) => cell.base === "measured" && cell.head === "missing");
  return [...new Set(missing.map(({ cell }) => cell.plugin.base))].filter((name) => !base.plugins.includes(name));
}

/** Returns the answer: `no regression found in 24 cells; smallest change this comparison could show: 6.0 %`. */
export function verdictSentence(comparison: RunComparison): string {
  return verdictParts(comparison).join("; ");
}

/** Returns the parts of the answer, the most important one first. */
export function verdictParts(comparison: RunComparison): string[] {
  const { cells } = comparison;
  const total = formatCount(cells.length, "cell");
  if (cells.length > 0 && cells.every(({ reason }) => reason === "same runs"))
    return [`both sides are the same runs, so nothing was decided in ${total}`];
  const count = (kind: CellGroup["kind"]): number => cells.filter((cell) => kindOf(cell) === kind).length;
  const [confirmed, suspects] = [count("confirmed"), count("suspect")];
  const found = [
    ...(confirmed > 0 ? [`${formatCount(confirmed, "confirmed regression")}`] : []),
    ...(suspects > 0 ? [`${formatCount(suspects, "suspected regression")} (not confirmed)`] : []),
  ];
  const broken = brokenCells(comparison).length;
  const missing = missingPlugins(comparison).length;
  const others = [
    ...(missing > 0
      ? [`${formatCount(missing, "plugin")} measured in the base only; name the partner with --map`]
      : []),
    ...(broken > 0 ? [`${formatCount(broken, "cell")} failed in the head only`] : []),
    ...(count("known") > 0 ? [`${count("known")} known`] : []),
    ...(count("refuted") > 0 ? [`${count("refuted")} not confirmed by a second measurement`] : []),
  ];
  const answer = `${found.join(" and ") || "no regression found"} in ${total}`;
  return [answer, ...others, sensitivity(cells)];
}

/** Returns how many cells have each verdict: `24 cells: 1 worse, 2 better, 8 equal, 13 undecided`. */
export function verdictCounts({ cells }: RunComparison): string {
  const count = (verdict: ComparedCell["verdict"]): string =>
    `${cells.filter((cell) => cell.verdict === verdict).length} ${verdict}`;
  const verdicts = (["worse", "better", "equal", "undecided"] as const).map(count).join(", ");
  return `${formatCount(cells.length, "cell")}: ${verdicts}`;
}

function sensitivity(cells: readonly ComparedCell[]): string {
  const detectable = cells.flatMap((cell) =>
    cell.scale === "ratio" && cell.detectable !== null ? [cell.detectable] : [],
  );
  if (detectable.length === 0) return "too few blocks to show any change";
  const [smallest, largest] = [
    detectable.reduce((a, b) => Math.min(a, b)),
    detectable.reduce((a, b) => Math.max(a, b)),
  ];
  if (!isUseful(smallest)) return `no change below a factor of ${MAX_FACTOR} could be shown`;
  const [from, to] = [formatPercent(smallest - 1), formatPercent(largest - 1)];
  const range = isUseful(largest) ? `${from} to ${to}` : `at least ${from}`;
  return `smallest change this comparison could show: ${from === to ? from : `${range}, by cell`}`;
}

function kindOf({ change, state }: ComparedCell): CellGroup["kind"] {
  if (change === "improvement") return "improvement";
  if (change === "none") return "other";
  return state === undefined || state === "unconfirmed" ? "suspect" : state;
}

function byImportance(a: ComparedCell, b: ComparedCell): number {
  const isHeadline = ({ family }: ComparedCell): number => (family === "headline" ? 1 : 0);
  return isHeadline(b) - isHeadline(a) || sizeOf(b) - sizeOf(a);
}

/** Returns the size of a change, so that ratios and differences can be sorted together. */
function sizeOf({ scale, estimate, base }: ComparedCell): number {
  if (scale === "ratio") return Math.abs(Math.log(estimate));
  return base.value === 0 ? Math.abs(estimate) : Math.abs(estimate / base.value);
}
