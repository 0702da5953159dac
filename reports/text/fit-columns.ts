/** Fits a table into the width of a terminal. */
import { displayWidth, shorten } from "../display-width.ts";

/** Columns between two cells. */
const GAP = 2;
/** A name is not shortened any further. */
const MIN_NAME_WIDTH = 12;

/**
 * Removes empty columns, then optional ones, and shortens names, until the table fits.
 * @param optional indexes of columns, in the order in which they are removed
 * @param names indexes of columns, in the order in which they are shortened
 */
export function fitColumns(
  rows: readonly (readonly string[])[],
  optional: readonly number[],
  names: readonly number[],
  width: number,
): readonly (readonly string[])[] {
  const [head = [], ...body] = rows;
  const widths = head.map((_, index) => Math.max(...rows.map((row) => displayWidth(row[index] ?? ""))));
  const kept = new Set([...head.keys()].filter((index) => body.some((row) => row[index] !== "")));
  const excess = (): number => [...kept].reduce((sum, index) => sum + (widths[index] ?? 0) + GAP, -GAP) - width;
  for (const index of optional) if (excess() > 0) kept.delete(index);
  for (const index of names)
    if (excess() > 0) widths[index] = Math.max(MIN_NAME_WIDTH, (widths[index] ?? 0) - excess());
  return rows.map((row) => [...kept].map((index) => shorten(row[index] ?? "", Math.max(1, widths[index] ?? 0))));
}
