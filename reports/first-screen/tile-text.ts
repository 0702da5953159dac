/** The text of a cell of the heat table, which says the same as its color. */
import type { Comparison } from "../../results/index.ts";
import { formatDifference, formatNumber, formatRanks, type Scale } from "../format.ts";
import type { Text } from "../language/text.ts";
import { verdictLabel } from "../language/verdict-labels.ts";
import type { Ranks } from "../questions.ts";
import { formatFactor } from "./amounts.ts";
import type { HeatCell } from "./heat-cells.ts";

const REFERENCE: Text = { en: "reference", zh: "参照" };
export const NOT_COMPARED: Text = { en: "not compared", zh: "未比较" };
const FAILED: Text = { en: "failed", zh: "失败" };
const SKIPPED: Text = { en: "skipped", zh: "已跳过" };
const BEST: Text = { en: "best", zh: "最优" };

/** How a value compares with that of its reference. */
export interface ComparedText {
  /** Factor or difference, with `=` if the values were shown to be equal. */
  readonly factor: string;
  readonly label: Text;
}

export interface TileText {
  /** Factor or difference to the reference, with `=` if it was shown to be equal; null if it was not compared. */
  readonly factor: string | null;
  /** The verdict, or why there is none. */
  readonly label: Text;
  /** Median with its unit; null if the cell was not measured. */
  readonly value: string | null;
}

/** Returns null if the run has no such cell. @param scale of the values of the question */
export function tileText(heat: HeatCell, scale: Scale): TileText | null {
  const { cell, mark, comparison } = heat;
  if (cell === null) return null;
  if (cell.state !== "measured" || cell.median === null)
    return { factor: null, label: cell.state === "failed" ? FAILED : SKIPPED, value: null };
  const value = `${formatNumber(cell.median, scale, cell.ci95)} ${scale.unit}`.trimEnd();
  if (mark === "best") return { ...referenceText(heat), label: BEST, value };
  if (mark === "reference") return { ...referenceText(heat), value };
  if (mark === null || comparison === null) return { factor: null, label: NOT_COMPARED, value };
  return { ...comparedText(comparison, cell.unit), value };
}

/** Returns the text of the plugin that others are compared with. */
export function referenceText({ versus }: HeatCell): ComparedText {
  const isDifference = versus.some((comparison) => comparison?.scale === "difference");
  return { factor: isDifference ? "±0" : "1×", label: REFERENCE };
}

/** @param comparison with the plugin of the cell as its `a` */
export function comparedText(comparison: Comparison, unit: string): ComparedText {
  const { scale, estimate, verdict } = comparison;
  const amount = scale === "ratio" ? `${formatFactor(estimate)}×` : formatDifference(comparison, unit);
  return { factor: `${verdict === "equal" ? "= " : ""}${amount}`, label: verdictLabel(verdict) };
}

/** Returns `rank 1–2`. */
export function rankText(ranks: Ranks): Text {
  const rank = formatRanks(ranks);
  return { en: `rank ${rank}`, zh: `第 ${rank} 名` };
}
