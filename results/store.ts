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
import { access, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAtomically } from "../core/atomic-write.ts";
import { messageOf, UsageError } from "../core/errors.ts";
import { makeDirectories } from "../core/paths.ts";
import { diskError, errorCode, logPath, rawPath, RESULTS_FILE, RUN_FILE } from "./run-files.ts";
import { limitResult } from "./clause-result.ts";
import type { ResultRecord, RunFile } from "./record.ts";
import { redactRecord, redactRun } from "./redact.ts";
import type { Redact } from "./redact.ts";

/** The directory for the tool output of one repetition. */
interface RawDir {
  /** Path relative to the run directory, for the record. */
  readonly path: string;
  /** Stores command line, stdout and stderr of one role (client, server, warm-up). @throws EnvironmentError */
  writeRaw(role: string, output: RawOutput): Promise<void>;
}

/** Command line and output of a tool. */
interface RawOutput {
  /** A command line that can be pasted into a shell. */
  readonly cmd: string;
  readonly stdout: string;
  readonly stderr: string;
}

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

  constructor(dir: string, session: number, redact: Redact | null) {
    this.dir = dir;
    this.session = session;
    this.#redact = redact;
  }

  /** Returns the run as stored: without personal data if `--redact` is set. */
  redacted(run: RunFile): RunFile {
    return this.#redact === null ? run : redactRun(run, this.#redact);
  }

  /** Replaces run.json atomically. @throws EnvironmentError */
  update(run: RunFile): void {
    const file = join(this.dir, RUN_FILE);
    try {
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

  /**
   * Appends to the log of a background process.
   * @param name directory and file below `logs/`, without extension: `1-flannel/node1-flanneld`
   * @throws EnvironmentError on a full disk
   */
  appendLog(name: string, text: string): void {
    const file = join(this.dir, logPath(name));
    try {
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, this.#redact?.(text) ?? text);
    } catch (error) {
      throw diskError(error, file);
    }
  }

  /**
   * Creates the raw directory of one repetition.
   * @param scenario cell ID without the metric: suite/scenario/plugin/cluster/path
   */
  async rawDir(scenario: string, block: number, rep: number): Promise<RawDir> {
    const path = rawPath(scenario, block, rep, this.session);
    const dir = join(this.dir, path);
    try {
      await rm(dir, { recursive: true, force: true }); // left by an interrupted repetition
      await mkdir(dir, { recursive: true });
    } catch (error) {
      throw diskError(error, dir);
    }
    const redact = this.#redact ?? ((text: string) => text);
    return {
      path,
      writeRaw: (role, { cmd, stdout, stderr }) =>
        writeRaw(dir, role, { cmd: redact(cmd), stdout: redact(stdout), stderr: redact(stderr) }),
    };
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

async function writeRaw(dir: string, role: string, output: RawOutput): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(role)) throw new Error(`invalid role name "${role}"`);
  try {
    await writeFile(join(dir, `${role}.cmd`), `${output.cmd}\n`);
    await writeFile(join(dir, `${role}.stdout`), output.stdout);
    await writeFile(join(dir, `${role}.stderr`), output.stderr);
  } catch (error) {
    throw diskError(error, dir);
  }
}

function limitRecord(record: ResultRecord): ResultRecord {
  if (record.kind === "repetition" || record.value === undefined) return record;
  return { ...record, value: limitResult(record.value) };
}
