/** Reads a run folder back. It may come from another machine or a crash: bounded, validated, nothing in it is believed. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, printable, UsageError } from "../core/errors.ts";
import type { Warning } from "../core/model.ts";
import { errorCode } from "./disk.ts";
import { loadCommands } from "./commands.ts";
import type { StoredCommand } from "./commands.ts";
import { isRawPath } from "./raw-path.ts";
import { SCHEMA_VERSION } from "./record.ts";
import type { ResultRecord, RunFile } from "./record.ts";
import { validator } from "./schema.ts";
import type { Validator } from "./schema.ts";
import { RESULTS_FILE, RUN_FILE } from "./store.ts";

const MAX_RUN_BYTES = 32 * 1024 * 1024;
const MAX_RESULTS_BYTES = 256 * 1024 * 1024;

export interface LoadedRun {
  readonly run: RunFile;
  readonly records: readonly ResultRecord[];
  /** What was wrong with the folder and could be lived with. */
  readonly loadWarnings: readonly Warning[];
  /** What ran, for the first repetition of each scenario, plugin and path. */
  readonly commands: readonly StoredCommand[];
}

/** @throws UsageError naming the file (and line) for a folder that is no run, is damaged or comes from a newer cnibench */
export async function loadRun(dir: string): Promise<LoadedRun> {
  const { run, records, tornLine: tornLine } = await loadStored(dir);
  const message = `the last line of ${RESULTS_FILE} was cut off by a crash and is left out; the lines before it are whole`;
  const loadWarnings = tornLine === "" ? [] : [{ code: "torn-line", message }];
  return { run, records, loadWarnings: loadWarnings, commands: await loadCommands(dir, records) };
}

export interface StoredRun {
  readonly run: RunFile;
  /** One for each whole line of results.jsonl. */
  readonly records: readonly ResultRecord[];
  /** What follows the whole lines: the beginning of one that was being written at a crash. */
  readonly tornLine: string;
}

/** The two files of a run, without anything below raw/. @throws as {@link loadRun} */
export async function loadStored(dir: string): Promise<StoredRun> {
  const run = await loadRunFile(join(dir, RUN_FILE), dir);
  return { run, ...(await loadRecords(join(dir, RESULTS_FILE), run)) };
}

async function loadRunFile(file: string, dir: string): Promise<RunFile> {
  const text = await readBounded(file, MAX_RUN_BYTES);
  if (text === null)
    throw new UsageError(`${dir} is no run folder: it has no ${RUN_FILE}; name the folder that "cnibench run" wrote`);
  return parse(text, file, validator("run")) as RunFile;
}

async function loadRecords(file: string, run: RunFile): Promise<Omit<StoredRun, "run">> {
  const text = (await readBounded(file, MAX_RESULTS_BYTES)) ?? "";
  const planned = new Set([...run.plan.cells, ...run.plan.checks].map(({ id }) => id));
  const check = validator("result");
  const records: ResultRecord[] = [];
  let start = 0;
  // Line by line: a damaged file of nothing but line ends would otherwise fill the memory.
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
    records.push(parseRecord(text.slice(start, end), `${file}:${records.length + 1}`, check, planned));
    start = end + 1;
  }
  const tail = text.slice(start);
  if (!isJson(tail)) return { records, tornLine: tail };
  return { records: [...records, parseRecord(tail, `${file}:${records.length + 1}`, check, planned)], tornLine: "" };
}

function parseRecord(line: string, where: string, check: Validator, planned: ReadonlySet<string>): ResultRecord {
  const record = parse(line, where, check) as ResultRecord;
  if (!planned.has(record.cell))
    throw new UsageError(`${where} names a cell that ${RUN_FILE} does not plan: ${printable(record.cell)}`);
  if (record.raw !== null && !isRawPath(record.raw)) {
    throw new UsageError(`${where} names a raw folder outside of raw/: ${printable(record.raw)}`);
  }
  return record;
}

function parse(text: string, where: string, check: Validator): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is damaged: ${printable(messageOf(error))}; restore it from a copy, or run again`);
  }
  const version = typeof value === "object" && value !== null && "schemaVersion" in value ? value.schemaVersion : null;
  if (typeof version === "number" && version > SCHEMA_VERSION) {
    throw new UsageError(
      `${where} has schema version ${version} and this cnibench reads up to ${SCHEMA_VERSION}; use a newer cnibench`,
    );
  }
  const problem = check(value);
  if (problem !== null)
    throw new UsageError(`${where} was not written by cnibench or was changed: ${printable(problem)}`);
  return value;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** null when there is no such file. */
async function readBounded(file: string, maxBytes: number): Promise<string | null> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new UsageError(`${file} is no file; name the folder that "cnibench run" wrote`);
    if (found.size > maxBytes)
      throw new UsageError(`${file} has ${found.size} bytes, more than the ${maxBytes} that a run may have`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`);
  }
}
