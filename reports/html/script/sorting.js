/** Sorts the rows of all tables that have a column, inside each group of rows. */
import { all, create } from "./dom.js";
import { columnName, compareValues, nextSort, sortValue } from "./order.js";

/** @typedef {{ head: HTMLTableCellElement, name: string, index: number }} Column */

export class Sorting {
  /** @type {readonly { table: HTMLTableElement, columns: readonly Column[] }[]} */
  #tables;
  /** The rows of each group in the order of the page. */
  #original = /** @type {Map<HTMLElement, readonly HTMLTableRowElement[]>} */ (new Map());
  #sort = "";

  /** @param {(change: (sort: string) => string) => void} onChange called when a reader presses a column title */
  constructor(onChange) {
    this.#tables = all("table.sortable").map((element) => {
      const table = /** @type {HTMLTableElement} */ (element);
      const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
      return { table, columns: heads.map((head, index) => ({ head, index, name: nameOf(head) })) };
    });
    for (const { head, name } of this.#tables.flatMap(({ columns }) => columns)) {
      const button = create("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => onChange((sort) => nextSort(sort, name)));
    }
  }

  /**
   * @param {string} sort column, with a leading `-` if descending; empty: the order of the page
   * @param {boolean} changed whether the page shows other values than before
   */
  apply(sort, changed) {
    if (sort === this.#sort && !changed) return;
    this.#sort = sort;
    const descending = sort.startsWith("-");
    const wanted = descending ? sort.slice(1) : sort;
    for (const { table, columns } of this.#tables) {
      const column = columns.find(({ name }) => name === wanted);
      for (const { head } of columns) head.removeAttribute("aria-sort");
      column?.head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      for (const body of table.tBodies) this.#order(body, column, descending);
    }
  }

  /**
   * @param {HTMLTableSectionElement} body
   * @param {Column | undefined} column
   * @param {boolean} descending
   */
  #order(body, column, descending) {
    const original = this.#original.get(body) ?? [...body.rows].filter((row) => !row.classList.contains("group"));
    this.#original.set(body, original);
    if (column === undefined) return body.append(...original);
    const valued = original.map((row) => ({ row, value: valueAt(row, column.index) }));
    body.append(...valued.sort((a, b) => compareValues(a.value, b.value, descending)).map(({ row }) => row));
  }
}

/** @param {HTMLTableCellElement} head */
function nameOf(head) {
  return columnName(head.querySelector('[lang="en"]')?.textContent ?? head.textContent ?? "");
}

/**
 * Returns the value of a column, also if a cell before it spans several columns. Of the values for several references,
 * it is the shown one.
 * @param {HTMLTableRowElement} row
 * @param {number} column
 */
function valueAt(row, column) {
  let start = 0;
  for (const cell of row.cells) {
    start += cell.colSpan;
    if (start <= column) continue;
    if (cell.colSpan > 1) return "";
    const shown = /** @type {HTMLElement} */ (cell.querySelector("[data-ref]:not([hidden])") ?? cell);
    return sortValue(shown.dataset["value"] ?? shown.textContent ?? "");
  }
  return "";
}
