/** Shows the rows that a filter line finds, and the articles and sections that contain them. */
import { all } from "./dom.js";
import { columnTitle, HeatCells } from "./heat-cells.js";
import { matchesQuery, parseQuery, QUERY_KEYS } from "./query.js";

/** The rows that a filter counts: those of a cell and those of a clause. */
const ROWS = "main tr[data-metric], main tr[data-level]";

/** Number of found rows up to which the details around them are opened. */
const MAX_OPENED_ROWS = 60;

/** @typedef {{ element: HTMLElement, row: import("./query.js").Row }} Indexed */

export class Filter {
  /** @type {readonly HTMLElement[]} */
  rows = all(ROWS);
  #views = all("main article[data-scenario]");
  #heat = new HeatCells();
  /** Elements that contain rows or views. */
  #containers = ancestorsOf([...this.rows, ...this.#views]);
  /** @type {readonly Indexed[] | null} */
  #index = null;
  /** @type {Set<HTMLElement>} */
  #hidden = new Set();
  /** @type {Set<HTMLDetailsElement>} */
  #opened = new Set();

  /**
   * Applies a filter line.
   * @param {string} line empty: shows everything
   * @returns {number} number of found rows
   */
  apply(line) {
    const terms = parseQuery(line);
    const found = terms.length === 0 ? null : this.#find(terms);
    this.#heat.show(found === null ? null : new Set(found));
    this.#hide(found === null ? new Set() : this.#hiddenBy(found));
    const rows = found?.filter((element) => element instanceof HTMLTableRowElement) ?? this.rows;
    this.#open(found !== null && rows.length <= MAX_OPENED_ROWS ? ancestorsOf(found.filter(isBelow)) : new Set());
    return rows.length;
  }

  /** Reports whether the filter hides an element. */
  hides(/** @type {Element} */ element) {
    if (element.closest(".heat .is-out, .heat tr[hidden]") !== null) return true;
    return [...this.#hidden].some((hidden) => hidden.contains(element));
  }

  /** Reads the rows again, because their verdicts have changed. */
  refresh() {
    this.#index = null;
  }

  #find(/** @type {readonly import("./query.js").Term[]} */ terms) {
    const views = this.#views.filter((each) => !this.#containers.has(each));
    this.#index ??= [...this.rows, ...views, ...this.#heat.cells].map((element) => ({ element, row: rowOf(element) }));
    return this.#index.filter(({ row }) => matchesQuery(terms, row)).map(({ element }) => element);
  }

  /**
   * Returns what to hide: all other rows, and what contains none; not the first screen, whose caveats always hold. Of
   * its table, `HeatCells` hides cells.
   */
  #hiddenBy(/** @type {readonly HTMLElement[]} */ found) {
    const shown = ancestorsOf(found);
    for (const element of found) shown.add(element);
    const sections = all("main section:not(.first-screen), main article");
    const tables = all("main tbody, main details, main .scroll").filter((each) => this.#containers.has(each));
    return new Set([...this.rows, ...sections, ...tables].filter((element) => !shown.has(element)));
  }

  #hide(/** @type {Set<HTMLElement>} */ hidden) {
    for (const element of this.#hidden) if (!hidden.has(element)) element.hidden = false;
    for (const element of hidden) if (!this.#hidden.has(element)) element.hidden = true;
    this.#hidden = hidden;
  }

  /** Opens details, and closes those that a previous filter opened. */
  #open(/** @type {Set<HTMLElement>} */ containers) {
    for (const details of this.#opened) if (!containers.has(details)) details.open = false;
    this.#opened = new Set([...this.#opened].filter((details) => containers.has(details)));
    for (const details of containers) {
      if (!(details instanceof HTMLDetailsElement) || details.open) continue;
      details.open = true;
      this.#opened.add(details);
    }
  }
}

/** Reports whether an element is below the first screen. */
function isBelow(/** @type {HTMLElement} */ element) {
  return element.tagName !== "TD";
}

/** Returns all elements around the given ones. */
function ancestorsOf(/** @type {Iterable<HTMLElement>} */ elements) {
  /** @type {Set<HTMLElement>} */
  const ancestors = new Set();
  for (const element of elements) {
    let parent = element.parentElement;
    while (parent !== null && !ancestors.has(parent)) {
      ancestors.add(parent);
      parent = parent.parentElement;
    }
  }
  return ancestors;
}

/**
 * @param {HTMLElement} element
 * @returns {import("./query.js").Row}
 */
function rowOf(element) {
  const keys = Object.fromEntries(
    QUERY_KEYS.flatMap((key) => {
      const value = element.dataset[key];
      return value === undefined ? [] : [[key, value.toLowerCase()]];
    }),
  );
  const parts = [element.closest("article"), element.closest("section")];
  const titles = isBelow(element)
    ? parts.map((part) => part?.querySelector("h2, h3, h4")?.textContent ?? "")
    : [columnTitle(element)];
  const text = [...Object.values(keys), ...titles, shownText(element)].join(" ");
  return { keys, text: text.toLowerCase().replace(/\s+/gu, " ") };
}

/** Returns the text of an element without that of the references that it does not show. */
function shownText(/** @type {HTMLElement} */ element) {
  if (element.querySelector("[data-ref]") === null) return element.textContent ?? "";
  const copy = /** @type {HTMLElement} */ (element.cloneNode(true));
  for (const other of copy.querySelectorAll("[data-ref][hidden]")) other.remove();
  return copy.textContent ?? "";
}
