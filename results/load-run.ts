/** Loads a run directory. It may come from another machine or a crash, so its content is limited and validated. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, printable, UsageError } from "../core/errors.ts";
import { tryParse } from "../core/untrusted-json.ts";
import type { Warning } from "../core/warning-codes.ts";
import { loadCommands } from "./commands.ts";
import type { StoredCommand } from "./commands.ts";
import { errorCode, isRawPath, RESULTS_FILE, RUN_FILE } from "./run-files.ts";
import { SCHEMA_VERSION } from "./record.ts";
import type { ResultRecord, RunFile } from "./record.ts";
import { validator } from "./run-schema.ts";
import type { Validator } from "./run-schema.ts";

const MAX_RUN_BYTES = 32 * 1024 * 1024;
const MAX_RESULTS_BYTES = 256 * 1024 * 1024;

/** A run with its results and commands. */
export interface LoadedRun {
  readonly run: RunFile;
  readonly records: readonly ResultRecord[];
  /** Problems of the files that do not prevent loading. */
  readonly loadWarnings: readonly Warning[];
  /** Commands of the first repetition of each scenario, plugin and path. */
  readonly commands: readonly StoredCommand[];
}

/**
 * Loads a run for reports.
 * @throws UsageError with file and line if `dir` is not a run directory, is damaged, or was written by a newer cnibench
 */
export async function loadRun(dir: string): Promise<LoadedRun> {
  const { run, records, tornLine } = await loadStored(dir);
  const message = `ignored the last line of ${RESULTS_FILE}, which is incomplete because of a crash`;
  const loadWarnings: Warning[] = tornLine === "" ? [] : [{ code: "torn-line", message }];
  return { run, records, loadWarnings, commands: await loadCommands(dir, records) };
}

/** The content of run.json and results.jsonl. */
export interface StoredRun {
  readonly run: RunFile;
  /** One record per complete line of results.jsonl. */
  readonly records: readonly ResultRecord[];
  /** The incomplete last line if a crash interrupted a write, else "". */
  readonly tornLine: string;
}

/** Loads run.json and results.jsonl, nothing below raw/. @throws like {@link loadRun} */
export async function loadStored(dir: string): Promise<StoredRun> {
  const run = await loadRunFile(join(dir, RUN_FILE), dir);
  return { run, ...(await loadRecords(join(dir, RESULTS_FILE), run)) };
}

async function loadRunFile(file: string, dir: string): Promise<RunFile> {
  const text = await readBounded(file, MAX_RUN_BYTES);
  if (text === null) throw new UsageError(`${dir} is not a run directory: ${RUN_FILE} not found`);
  return parse(text, file, validator("run")) as RunFile;
}

async function loadRecords(file: string, run: RunFile): Promise<Omit<StoredRun, "run">> {
  const text = (await readBounded(file, MAX_RESULTS_BYTES)) ?? "";
  const planned = new Set([...run.plan.cells, ...run.plan.checks].map(({ id }) => id));
  const check = validator("result");
  const records: ResultRecord[] = [];
  let start = 0;
  // Line by line: split() would exhaust the memory for a damaged file of only newlines.
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
    records.push(parseRecord(text.slice(start, end), `${file}:${records.length + 1}`, check, planned));
    start = end + 1;
  }
  const tail = text.slice(start);
  if (tryParse(tail) === undefined) return { records, tornLine: tail };
  return { records: [...records, parseRecord(tail, `${file}:${records.length + 1}`, check, planned)], tornLine: "" };
}

function parseRecord(line: string, where: string, check: Validator, planned: ReadonlySet<string>): ResultRecord {
  const record = parse(line, where, check) as ResultRecord;
  if (!planned.has(record.cell))
    throw new UsageError(`${where}: cell not planned in ${RUN_FILE}: ${printable(record.cell)}`);
  if (record.raw !== null && !isRawPath(record.raw)) {
    throw new UsageError(`${where}: raw directory outside raw/: ${printable(record.raw)}`);
  }
  return record;
}

function parse(text: string, where: string, check: Validator): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is damaged: ${printable(messageOf(error))}; restore it or repeat the run`);
  }
  const version = typeof value === "object" && value !== null && "schemaVersion" in value ? value.schemaVersion : null;
  if (typeof version === "number" && version > SCHEMA_VERSION) {
    throw new UsageError(
      `${where} has schema version ${version}, supported is ${SCHEMA_VERSION}; use a newer cnibench`,
    );
  }
  const problem = check(value);
  if (problem !== null)
    throw new UsageError(`${where} was not written by cnibench or was modified: ${printable(problem)}`);
  return value;
}

/** Reads a file of limited size. Returns null if it does not exist. */
async function readBounded(file: string, maxBytes: number): Promise<string | null> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new UsageError(`${file} is not a regular file`);
    if (found.size > maxBytes)
      throw new UsageError(`${file} is too large for a run: ${found.size} bytes (limit ${maxBytes})`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${file}: ${messageOf(error)}`);
  }
}
