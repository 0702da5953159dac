/** The text of a cell of the heat table, which says the same as its color. */
import { formatDifference, formatNumber, formatRanks, type Scale } from "../format.ts";
import type { Text } from "../language/text.ts";
import { verdictLabel } from "../language/verdict-labels.ts";
import type { Ranks } from "../questions.ts";
import { formatFactor } from "./amounts.ts";
import type { HeatCell } from "./heat-cells.ts";

export const REFERENCE: Text = { en: "reference", zh: "参照" };
export const NOT_COMPARED: Text = { en: "not compared", zh: "未比较" };
const FAILED: Text = { en: "failed", zh: "失败" };
const SKIPPED: Text = { en: "skipped", zh: "已跳过" };
const BEST: Text = { en: "best", zh: "最优" };

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
  if (mark === "best") return { factor: "1×", label: BEST, value };
  if (mark === "reference") return { factor: "1×", label: REFERENCE, value };
  if (mark === null || comparison === null) return { factor: null, label: NOT_COMPARED, value };
  const amount =
    comparison.scale === "ratio" ? `${formatFactor(comparison.estimate)}×` : formatDifference(comparison, cell.unit);
  return { factor: `${mark === "equal" ? "= " : ""}${amount}`, label: verdictLabel(mark), value };
}

/** Returns `rank 1–2`. */
export function rankText(ranks: Ranks): Text {
  const rank = formatRanks(ranks);
  return { en: `rank ${rank}`, zh: `第 ${rank} 名` };
}
