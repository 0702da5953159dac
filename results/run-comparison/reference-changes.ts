/**
 * The reference plugin has the same binaries on both sides: whatever changes its values is not the plugin, and makes
 * the ratios to it doubtful. See docs/method.md, "Two runs".
 */
import { questionId } from "../comparisons.ts";
import type { ComparedCell } from "./run-comparison.ts";

/**
 * Decides nothing about the reference plugin itself, and marks the cells that are divided by one that changed beyond
 * the threshold.
 * @param cells judged cells, in the order of `estimated`
 */
export function withReferenceChanges(
  cells: readonly ComparedCell[],
  estimated: readonly { readonly isReference: boolean }[],
): ComparedCell[] {
  const isReference = (i: number): boolean => estimated[i]?.isReference === true;
  const changed = new Set(cells.filter(({ change }, i) => isReference(i) && change !== "none").map(questionId));
  return cells.map((cell, i): ComparedCell => {
    if (isReference(i)) return isDifferent(cell) ? { ...cell, ...OPEN, reason: "reference changed" } : cell;
    const isDoubtful = cell.reference.kind === "plugin" && changed.has(questionId(cell)) && isReplaceable(cell.reason);
    return isDoubtful ? { ...cell, reason: "reference changed" } : cell;
  });
}

const OPEN = { verdict: "undecided", change: "none" } as const;

function isDifferent({ verdict }: ComparedCell): boolean {
  return verdict === "better" || verdict === "worse";
}

/** Other reasons mean that nothing is decided. */
function isReplaceable(reason: ComparedCell["reason"]): boolean {
  return reason === undefined || reason === "between-run variation unknown";
}
