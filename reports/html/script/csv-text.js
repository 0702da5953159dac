/** Tidy CSV (RFC 4180, line endings CR LF), the same for the csv report and for the download from a page. */

/** The columns that name a cell. */
export const CELL_COLUMNS = /** @type {const} */ (["suite", "scenario", "plugin", "cluster", "path", "metric", "unit"]);

/** The columns of repetitions. */
export const REPETITION_COLUMNS = ["run", ...CELL_COLUMNS, "block", "rep", "sitting", "value", "error"];

/** @typedef {string | number} FieldValue */
/** @typedef {Readonly<Record<(typeof CELL_COLUMNS)[number], string>>} CellKey */
/**
 * @typedef {object} StoredRepetition
 * @property {number} block
 * @property {number} rep
 * @property {number} [sitting] the first one is not stored
 * @property {number} [value]
 * @property {string} [error]
 * @property {string} [skip] why the deployment does not support the measurement
 */

/**
 * Returns the rows of a cell: one for each repetition, or one without a block, so that gaps are explicit.
 * @param {string} run
 * @param {CellKey} cell
 * @param {readonly StoredRepetition[]} repetitions
 * @param {string} reason why the cell has no repetitions
 * @returns {FieldValue[][]}
 */
export function cellRows(run, cell, repetitions, reason) {
  const key = [run, ...CELL_COLUMNS.map((name) => cell[name])];
  if (repetitions.length === 0) return [[...key, "", "", "", "", reason]];
  return repetitions.map(({ block, rep, sitting = 1, value, error, skip }) => [
    ...key,
    block,
    rep,
    sitting,
    value ?? "",
    error ?? (skip === undefined ? "" : `skipped: ${skip}`),
  ]);
}

/**
 * @param {readonly (readonly FieldValue[])[]} rows
 * @param {(text: string) => string} printable replaces control characters
 */
export function csvText(rows, printable) {
  return rows.map((row) => `${row.map((value) => quoteField(value, printable)).join(",")}\r\n`).join("");
}

/**
 * Prefixes strings that a spreadsheet would run as a formula with an apostrophe. Numbers stay unchanged.
 * @param {FieldValue} value
 * @param {(text: string) => string} printable
 */
function quoteField(value, printable) {
  if (typeof value === "number") return String(value);
  const safe = printable(value);
  const guarded = /^[=+\-@\t\r]/u.test(safe) ? `'${safe}` : safe;
  return /[",\r\n]/u.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
