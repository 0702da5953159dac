/** Loads a run directory. It may come from another machine or a crash, so its content is limited and validated. */
import { closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, printableLine, UsageError } from "../core/errors.ts";
import { tryParse } from "../core/untrusted-json.ts";
import type { Warning } from "../core/warning-codes.ts";
import { loadCommands } from "./commands.ts";
import type { StoredCommand } from "./commands.ts";
import { digestOfFile, sha256, type RunDigests } from "./digests.ts";
import { RecordList } from "./record-list.ts";
import { findStrays, type StrayRecords } from "./record-slots.ts";
import { readByteLines } from "./read-lines.ts";
import { openRegular } from "./regular-file.ts";
import { isRawPath, RAW_DIGESTS_FILE, RESULTS_FILE, RUN_FILE } from "./run-files.ts";
import { SCHEMA_VERSION } from "./record.ts";
import type { ResultRecord, RunFile } from "./record.ts";
import { validator } from "./run-schema.ts";
import type { Validator } from "./run-schema.ts";
import { ValueLines } from "./value-line.ts";

const MAX_RUN_BYTES = 32 * 1024 * 1024;
const MAX_RESULTS_BYTES = 512 * 1024 * 1024;
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** The directory contains no run. */
export class NoRunError extends UsageError {}

/** A run with its results and commands. */
export interface LoadedRun {
  readonly run: RunFile;
  readonly records: Iterable<ResultRecord>;
  /** Problems of the files that do not prevent loading. */
  readonly loadWarnings: readonly Warning[];
  /** Commands of the first repetition of each scenario, plugin and path. */
  readonly commands: readonly StoredCommand[];
  /** Digests of the files, also of those that a redaction changed after loading; absent without a directory. */
  readonly digests?: RunDigests;
}

/**
 * Loads a run for reports.
 * @throws NoRunError for a directory without a run; UsageError with file and line if the run is damaged or was written
 *   by a newer cnibench
 */
export async function loadRun(dir: string): Promise<LoadedRun> {
  const { run, records, tornLine, strays, digests } = readStored(dir);
  const loadWarnings = [...tornWarnings(tornLine), ...strayWarnings(strays)];
  return { run, records, loadWarnings, commands: await loadCommands(dir, records), digests };
}

function tornWarnings(tornLine: string): Warning[] {
  const message = `ignored the last line of ${RESULTS_FILE}, which is incomplete because of a crash`;
  return tornLine === "" ? [] : [{ code: "torn-line", message }];
}

function strayWarnings({ first, count }: StrayRecords): Warning[] {
  const more = count > 1 ? ` (${count} such lines)` : "";
  const message = `${RESULTS_FILE} was modified: ${first}${more}; compare the run with "cnibench verify"`;
  return count === 0 ? [] : [{ code: "stray-records", message }];
}

/** The content of run.json and results.jsonl. */
export interface StoredRun {
  readonly run: RunFile;
  /** One record per complete line of results.jsonl. */
  readonly records: readonly ResultRecord[];
  /** The incomplete last line if a crash interrupted a write, else "". */
  readonly tornLine: string;
  readonly digests: RunDigests;
}

/** Loads run.json and results.jsonl, nothing below raw/. @throws like {@link loadRun} */
export async function loadStored(dir: string): Promise<StoredRun> {
  const { run, records, tornLine, digests } = readStored(dir);
  return { run, records: [...records], tornLine, digests };
}

interface ReadRun extends Omit<StoredRun, "records"> {
  readonly records: RecordList;
  readonly strays: StrayRecords;
}

function readStored(dir: string): ReadRun {
  const { run, digest } = loadRunFile(join(dir, RUN_FILE), dir);
  const { digest: resultsDigest, ...results } = loadRecords(join(dir, RESULTS_FILE), run);
  const digests = {
    [RUN_FILE]: digest,
    [RESULTS_FILE]: resultsDigest,
    [RAW_DIGESTS_FILE]: digestOfFile(join(dir, RAW_DIGESTS_FILE)),
  };
  return { run, ...results, digests };
}

function loadRunFile(file: string, dir: string): { readonly run: RunFile; readonly digest: string } {
  const fd = openRegular(file, MAX_RUN_BYTES);
  if (fd === null) throw new NoRunError(`${dir} is not a run directory: ${RUN_FILE} not found`);
  try {
    const bytes = readFileSync(fd);
    return { run: parse(bytes.toString(), file, validator("run")) as RunFile, digest: sha256(bytes) };
  } finally {
    closeSync(fd);
  }
}

function loadRecords(
  file: string,
  run: RunFile,
): Pick<ReadRun, "records" | "tornLine" | "strays"> & { readonly digest: string | null } {
  const check = validator("result");
  const ids = [...run.plan.cells, ...run.plan.checks].map(({ id }) => id);
  const records = new RecordList(ids);
  const lines = new ValueLines(ids);
  const parseNext = (bytes: Buffer, start: number, end: number): void => {
    const plain = lines.read(bytes, start, end);
    if (plain !== null) return void records.addValue(plain);
    const where = `${file}:${records.length + 1}`;
    const record = parse(bytes.toString("utf8", start, end), where, check) as ResultRecord;
    if (!records.add(record))
      throw new UsageError(`${where}: cell not planned in ${RUN_FILE}: ${printableLine(record.cell)}`);
    if (record.raw !== null && !isRawPath(record.raw)) {
      const next = "restore the file or repeat the run";
      throw new UsageError(
        `${where}: not a path that cnibench gives a raw directory: ${printableLine(record.raw)}; ${next}`,
      );
    }
  };
  const { tail, digest } = readByteLines(file, { file: MAX_RESULTS_BYTES, line: MAX_LINE_BYTES }, parseNext);
  const isTorn = tryParse(tail) === undefined;
  if (!isTorn) parseNext(Buffer.from(tail), 0, Buffer.byteLength(tail));
  return { records, tornLine: isTorn ? tail : "", strays: findStrays(records, run), digest };
}

function parse(text: string, where: string, check: Validator): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is damaged: ${printableLine(messageOf(error))}; restore it or repeat the run`);
  }
  const version = typeof value === "object" && value !== null && "schemaVersion" in value ? value.schemaVersion : null;
  if (typeof version === "number" && version !== SCHEMA_VERSION) {
    const nextStep = version > SCHEMA_VERSION ? "use a newer cnibench" : "restore the file or repeat the run";
    throw new UsageError(`${where} has schema version ${version}, supported is ${SCHEMA_VERSION}; ${nextStep}`);
  }
  const problem = check(value);
  if (problem !== null)
    throw new UsageError(`${where} was not written by cnibench or was modified: ${printableLine(problem)}`);
  return value;
}
