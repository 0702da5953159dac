/** Saves the data that the page embeds. The page sends no request: the browser writes the file from memory. */
import { cellRows, csvText, REPETITION_COLUMNS } from "./csv-text.js";
import { all, bilingual, create } from "./dom.js";

/**
 * @typedef {import("./csv-text.js").CellKey & { id: string, skip?: string }} Cell
 * @typedef {import("./csv-text.js").StoredRepetition & { kind: string, cell: string }} StoredRecord
 * @typedef {{ run: { id: string, plan: { cells: Cell[] } }, records: StoredRecord[] }} StoredRun
 */

/**
 * Adds the buttons for each embedded run. A large run is embedded without its repetitions, so it has no CSV.
 * @param {(text: string) => string} printable replaces control characters
 */
export function addDownloads(printable) {
  const places = all(".downloads");
  all("data.stored-run").forEach((element, index) => {
    const data = /** @type {HTMLDataElement} */ (element);
    const place = places[index];
    if (place === undefined) return;
    const json = create("button", { type: "button" }, bilingual("Download JSON", "下载 JSON"));
    const saveJson = (/** @type {string} */ text) => save(text, fileName(parse(text), "json"), "application/json");
    json.addEventListener("click", () => void storedText(data).then(saveJson));
    place.append(json);
    if (place.dataset["samples"] === "omitted") return;
    const csv = create("button", { type: "button" }, bilingual("Download CSV", "下载 CSV"));
    const saveCsv = (/** @type {StoredRun} */ stored) =>
      save(storedCsv(stored, printable), fileName(stored, "csv"), "text/csv");
    csv.addEventListener("click", () => void storedText(data).then((text) => saveCsv(parse(text))));
    place.append(csv);
  });
}

/**
 * Returns the repetitions of an embedded run, as the csv report does.
 * @param {StoredRun} stored
 * @param {(text: string) => string} printable
 */
export function storedCsv({ run, records }, printable) {
  /** @type {Map<string, StoredRecord[]>} */
  const byCell = new Map(run.plan.cells.map(({ id }) => [id, []]));
  for (const record of records) if (record.kind === "repetition") byCell.get(record.cell)?.push(record);
  const rows = run.plan.cells.flatMap((cell) => {
    const reason = cell.skip === undefined ? "not measured" : `skipped: ${cell.skip}`;
    return cellRows(run.id, cell, byCell.get(cell.id) ?? [], reason);
  });
  return csvText([REPETITION_COLUMNS, ...rows], printable);
}

/** @param {HTMLDataElement} data */
async function storedText(data) {
  const bytes = Uint8Array.from(atob(data.value), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

/**
 * @param {string} text
 * @returns {StoredRun}
 */
function parse(text) {
  /** @type {unknown} */
  const stored = JSON.parse(text);
  return /** @type {StoredRun} */ (stored);
}

/**
 * @param {StoredRun} stored
 * @param {string} extension
 */
function fileName({ run }, extension) {
  return `cnibench-${run.id.replace(/[^\w.-]+/gu, "_").slice(0, 80)}.${extension}`;
}

/**
 * @param {string} text
 * @param {string} name
 * @param {string} type
 */
function save(text, name, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  create("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
