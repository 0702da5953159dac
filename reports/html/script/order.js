/** The order of rows of a sortable table. */

/**
 * Returns the name of a column in the hash: `Median (Gbit/s)` is `median`, so that one name sorts all tables.
 * @param {string} title
 */
export function columnName(title) {
  return title
    .replace(/\(.*?\)/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .replaceAll(" ", "-");
}

/**
 * Converts the stored value or the text of a cell to a number if it is one.
 * @param {string} text
 * @returns {string | number}
 */
export function sortValue(text) {
  const trimmed = text.trim();
  return trimmed === "" || Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
}

/**
 * Compares two values: numbers by size and before text. Missing values are last in both directions.
 * @param {string | number} a
 * @param {string | number} b
 * @param {boolean} descending
 */
export function compareValues(a, b, descending) {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
  return descending ? -order : order;
}

/**
 * Returns the next state of a column whose button was pressed: ascending, descending, and the order of the plan.
 * @param {string} sort
 * @param {string} name
 */
export function nextSort(sort, name) {
  if (sort === name) return `-${name}`;
  return sort === `-${name}` ? "" : name;
}
