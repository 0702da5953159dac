/** Writes the directory of a run: run.json, results.jsonl, raw/. A failure never destroys results stored before. */
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { access, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAtomically } from "../core/atomic-write.ts";
import { messageOf, UsageError } from "../core/errors.ts";
import { makeDirectories } from "../core/paths.ts";
import { removeRunDigests, repairRawDigests, writeRunDigests } from "./digests.ts";
import { diskError, errorCode, logPath, rawPath, RESULTS_FILE, RUN_FILE } from "./run-files.ts";
import { limitResult } from "./clause-result.ts";
import { createRawDir, type RawDir } from "./raw-dir.ts";
import type { ResultRecord, RunFile } from "./record.ts";
import { redactRecord, redactRun } from "./redact.ts";
import type { Redact } from "./redact.ts";

/**
 * Creates a run directory.
 * @param redact applied to all text before it is stored, with `--redact`
 * @throws UsageError if `dir` is not empty or not writable; EnvironmentError if the disk is full
 */
export async function createRun(dir: string, run: RunFile, redact: Redact | null = null): Promise<RunStore> {
  await claimEmptyDir(dir);
  const store = new RunStore(dir, 1, redact);
  store.update(run);
  return store;
}

/**
 * Opens a stored run to resume it.
 * @param keptLines number of lines of results.jsonl to keep; the rest is incomplete because of a crash
 * @throws UsageError if results.jsonl is not a regular file; EnvironmentError
 */
export function reopenRun(dir: string, keptLines: number, session: number, redact: Redact | null = null): RunStore {
  const file = join(dir, RESULTS_FILE);
  try {
    if (!lstatSync(file).isFile())
      throw new UsageError(`${file} is not a regular file; copy the run to a new directory and resume there`);
    truncateAfterLines(file, keptLines);
    repairRawDigests(dir);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // A run without results has no such file.
    if (errorCode(error) !== "ENOENT") throw diskError(error, file);
  }
  return new RunStore(dir, session, redact);
}

function truncateAfterLines(file: string, count: number): void {
  const bytes = readFileSync(file);
  let end = 0;
  for (let line = 0; line < count; line++) {
    const newline = bytes.indexOf("\n", end);
    if (newline === -1) return appendFileSync(file, "\n"); // the last line is complete except for its newline
    end = newline + 1;
  }
  truncateSync(file, end);
}

/**
 * Creates a directory, or requires it to be empty.
 * @returns whether it is new
 * @throws UsageError if it is not empty or not writable; EnvironmentError if the disk is full
 */
export async function claimEmptyDir(dir: string): Promise<boolean> {
  try {
    const isNew = !existsSync(dir);
    makeDirectories(dir);
    const found = await readdir(dir);
    if (found.length > 0) {
      throw new UsageError(`output directory ${dir} is not empty (contains ${found[0]}); choose another with --out`);
    }
    await access(dir, constants.W_OK | constants.X_OK);
    return isNew;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (errorCode(error) === "ENOSPC") throw diskError(error, dir);
    throw new UsageError(`cannot use output directory ${dir}: ${messageOf(error)}; choose another with --out`);
  }
}

/** Writes the files of a run. */
export class RunStore {
  readonly dir: string;
  /** 1-based number of the session; each resume starts a new one. */
  readonly session: number;
  readonly #redact: Redact | null;
  /** Whether SHA256SUMS may exist. */
  #isSealed = true;

  constructor(dir: string, session: number, redact: Redact | null) {
    this.dir = dir;
    this.session = session;
    this.#redact = redact;
  }

  /** Returns the run as stored: without personal data if `--redact` is set. */
  redacted(run: RunFile): RunFile {
    return this.#redact === null ? run : redactRun(run, this.#redact);
  }

  /** Returns a text without personal data if `--redact` is set. */
  redactedText(text: string): string {
    return this.#redact?.(text) ?? text;
  }

  /** Replaces run.json atomically. @throws EnvironmentError */
  update(run: RunFile): void {
    const file = join(this.dir, RUN_FILE);
    try {
      this.#unseal();
      writeAtomically(file, `${JSON.stringify(this.redacted(run), null, 2)}\n`);
    } catch (error) {
      throw diskError(error, file);
    }
  }

  /**
   * Appends records to results.jsonl, one line each, with a single write. Synchronous, so records never interleave and
   * an interrupt leaves complete lines.
   * @throws EnvironmentError on a full disk; earlier lines remain complete
   */
  append(...records: readonly ResultRecord[]): void {
    const file = join(this.dir, RESULTS_FILE);
    const redact = this.#redact;
    // Texts are limited after redaction, which could not recognize a name that is cut off.
    const stored = records.map((record) => limitRecord(redact === null ? record : redactRecord(record, redact)));
    const lines = Buffer.from(stored.map((record) => `${JSON.stringify(record)}\n`).join(""));
    try {
      this.#unseal();
      const fd = openSync(file, "a");
      try {
        writeAllOrNothing(fd, lines);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw diskError(error, file);
    }
  }

  /** Stores the digests of run.json, results.jsonl and raw.sha256, at the end of a session. @throws EnvironmentError */
  seal(): void {
    try {
      writeRunDigests(this.dir);
      this.#isSealed = true;
    } catch (error) {
      throw diskError(error, this.dir);
    }
  }

  #unseal(): void {
    if (this.#isSealed) removeRunDigests(this.dir);
    this.#isSealed = false;
  }

  /**
   * Appends to the log of a background process.
   * @param name directory and file below `logs/`, without extension: `1-flannel/node1-flanneld`
   * @throws EnvironmentError on a full disk
   */
  appendLog(name: string, text: string): void {
    const file = join(this.dir, logPath(name));
    try {
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, this.redactedText(text));
    } catch (error) {
      throw diskError(error, file);
    }
  }

  /**
   * Creates the raw directory of one repetition.
   * @param scenario cell ID without the metric: suite/scenario/plugin/cluster/path
   */
  async rawDir(scenario: string, block: number, rep: number): Promise<RawDir> {
    return createRawDir(this.dir, rawPath(scenario, block, rep, this.session), this.#redact);
  }
}

/** Writes all lines, or truncates the file to its previous size, so that no line is ever appended to half a line. */
function writeAllOrNothing(fd: number, lines: Buffer): void {
  const before = fstatSync(fd).size;
  try {
    for (let written = 0; written < lines.length;) written += writeSync(fd, lines, written);
  } catch (error) {
    if (fstatSync(fd).size > before) ftruncateSync(fd, before);
    throw error;
  }
}

function limitRecord(record: ResultRecord): ResultRecord {
  if (record.kind === "repetition" || record.value === undefined) return record;
  return { ...record, value: limitResult(record.value) };
}
