/** The outcome of a comparison: its cells by kind of change, those that fail a build, and the answer. */
import {
  type ComparedCell,
  isBroken,
  isConclusive,
  type RunComparison,
  type UncomparedCell,
  type UncomparedCheck,
} from "../../results/index.ts";
import type { Text } from "../language/text.ts";
import { failingClauses, lostClauses } from "./clause-groups.ts";
import type { FailOn } from "./comparison-format.ts";

/** A list of cells with its title; more important lists come first. */
export interface CellGroup {
  readonly title: Text;
  readonly kind: "confirmed" | "suspect" | "improvement" | "known" | "refuted" | "other";
  /** Headlines first, then the largest change. */
  readonly cells: readonly ComparedCell[];
}

const TITLES: Readonly<Record<CellGroup["kind"], Text>> = {
  confirmed: { en: "Confirmed regressions", zh: "已确认的性能回退" },
  suspect: { en: "Suspected regressions, not confirmed", zh: "疑似性能回退，未确认" },
  improvement: { en: "Improvements", zh: "性能提升" },
  known: { en: "Known regressions", zh: "已知的性能回退" },
  refuted: { en: "Suspicions that a second measurement did not confirm", zh: "第二次测量未确认的疑似性能回退" },
  other: { en: "No change beyond the threshold", zh: "没有超过阈值的变化" },
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

/** Reports whether `--fail-on` demands exit code 5. */
export function failsBuild(comparison: RunComparison, failOn: readonly FailOn[]): boolean {
  return failingCells(comparison, failOn).length > 0 || failingClauses(comparison, failOn).length > 0;
}

/** Reports whether the head lacks a result of the base, so that `--fail-on` demands exit code 3. */
export function isIncomplete(comparison: RunComparison): boolean {
  const missing = [brokenCells(comparison), missingPlugins(comparison), lostClauses(comparison)];
  return missing.some((list) => list.length > 0);
}

export const BROKEN_TITLE: Text = { en: "Failed in the head only", zh: "仅在 head 中失败" };

/** A cell or a check. */
export type Uncompared = UncomparedCell | UncomparedCheck;

/** Returns the cells and checks that failed in the head only. */
export function brokenCells({ uncompared, uncomparedChecks }: RunComparison): Uncompared[] {
  return [...uncompared.filter(isBroken), ...uncomparedChecks.filter(isBroken)];
}

/** Returns the ID of a cell or a check. */
export function idOfUncompared(each: Uncompared): string {
  return "cell" in each ? each.cell.id : each.check.id;
}

/** Names a cell or a check that was not compared, with the reason. */
export function uncomparedText(each: Uncompared): string {
  return `${idOfUncompared(each)}: ${each.reason}`;
}

/** Returns the other cells and checks that were not compared. */
export function otherUncompared(comparison: RunComparison): Uncompared[] {
  const broken = brokenCells(comparison);
  return [...comparison.uncompared, ...comparison.uncomparedChecks].filter((each) => !broken.includes(each));
}

/** Returns the base plugins that were measured and have no partner in the head. */
export function missingPlugins({ base, uncompared, uncomparedChecks }: RunComparison): string[] {
  const isMissing = (each: Uncompared): boolean => each.base === "measured" && each.head === "missing";
  const missing = [
    ...uncompared.filter(isMissing).map(({ cell }) => cell),
    ...uncomparedChecks.filter(isMissing).map(({ check }) => check),
  ];
  return [...new Set(missing.map(({ plugin }) => plugin.base))].filter((name) => !base.plugins.includes(name));
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
