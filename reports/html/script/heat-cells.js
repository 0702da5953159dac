/** The cells of the heat tables: a filter shows those that it finds, and the rows and columns that contain one. */
import { all } from "./dom.js";

export class HeatCells {
  /** @type {readonly HTMLElement[]} */
  cells = all("table.heat td[data-metric]");
  #rows = all("table.heat tbody tr[data-plugin]");
  #columns = all("table.heat [data-column]");
  /** What spans the columns of a run. */
  #spans = all("table.heat [data-columns]").map((element) => {
    const part = /** @type {HTMLTableCellElement | HTMLTableColElement} */ (element);
    const key = part instanceof HTMLTableColElement ? "span" : "colSpan";
    const ids = (part.dataset["columns"] ?? "").split(" ").filter((id) => id !== "");
    return { part, key, ids, initial: Number(Reflect.get(part, key)) };
  });
  #boxes = all("table.heat").map((table) => table.parentElement ?? table);

  /** @param {ReadonlySet<HTMLElement> | null} found null: show everything */
  show(found) {
    const shown = this.cells.filter((cell) => found === null || found.has(cell));
    const columns = new Set(shown.map(({ dataset }) => dataset["column"]));
    for (const cell of this.cells) cell.classList.toggle("is-out", found !== null && !found.has(cell));
    for (const row of this.#rows) row.hidden = found !== null && !shown.some((cell) => row.contains(cell));
    for (const part of this.#columns) part.hidden = found !== null && !columns.has(part.dataset["column"]);
    for (const { part, key, ids, initial } of this.#spans) {
      const span = found === null ? initial : shownSpan(initial, ids, columns);
      part.hidden = span === 0;
      Reflect.set(part, key, Math.max(span, 1));
    }
    for (const box of this.#boxes) box.hidden = found !== null && !shown.some((cell) => box.contains(cell));
  }
}

/**
 * Returns the number of columns that a filter shows of a group.
 * @param {number} span number of all columns of the group
 * @param {readonly string[]} ids those that a filter can hide
 * @param {ReadonlySet<string | undefined>} shown
 */
export function shownSpan(span, ids, shown) {
  return span - ids.filter((id) => !shown.has(id)).length;
}

/**
 * Returns the title of the column of a cell.
 * @param {HTMLElement} cell
 */
export function columnTitle(cell) {
  const { column = "" } = cell.dataset;
  const title = cell.closest("table")?.querySelector(`th[data-column="${CSS.escape(column)}"]`);
  return title?.textContent ?? "";
}
