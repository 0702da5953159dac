/** The folder of a run while it is written: run.json, results.jsonl, raw/. Nothing that was stored is lost by what comes after. */
import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { access, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, UsageError } from "../core/errors.ts";
import { makeDirectories } from "../core/directories.ts";
import { diskError, errorCode } from "./disk.ts";
import { logPath, rawPath } from "./raw-path.ts";
import type { ResultRecord, RunFile } from "./record.ts";
import { redactRecord, redactRun } from "./redact.ts";
import type { Redact } from "./redact.ts";

export const RUN_FILE = "run.json";
export const RESULTS_FILE = "results.jsonl";

/** Where one repetition keeps what its tools said. */
export interface RawDir {
  /** Relative to the run folder: goes into the record. */
  readonly path: string;
  /** Stores the command line and both outputs of one role (client, server, warm-up). @throws EnvironmentError */
  writeRaw(role: string, output: RawOutput): Promise<void>;
}

export interface RawOutput {
  /** As a person would paste it. */
  readonly cmd: string;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param redact what is done to every text before it is stored, with `--redact`
 * @throws UsageError when `dir` is not empty or not writable; EnvironmentError when the disk is full
 */
export async function createRun(dir: string, run: RunFile, redact: Redact | null = null): Promise<RunStore> {
  await claimEmptyDir(dir);
  const store = new RunStore(dir, 1, redact);
  await store.update(run);
  return store;
}

/**
 * Goes on with a stored run.
 * @param keptLines lines of results.jsonl that stay; what follows was cut off by a crash
 * @throws UsageError when the file is none of ours to change; EnvironmentError
 */
export function reopenRun(dir: string, keptLines: number, session: number, redact: Redact | null = null): RunStore {
  const file = join(dir, RESULTS_FILE);
  try {
    if (!lstatSync(file).isFile())
      throw new UsageError(`${file} is no plain file; copy the run to a folder of its own and resume it there`);
    truncateAfterLines(file, keptLines);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (errorCode(error) !== "ENOENT") throw diskError(error, file); // a run that has stored nothing yet has no such file
  }
  return new RunStore(dir, session, redact);
}

function truncateAfterLines(file: string, count: number): void {
  const bytes = readFileSync(file);
  let end = 0;
  for (let line = 0; line < count; line++) {
    const newline = bytes.indexOf("\n", end);
    if (newline === -1) return appendFileSync(file, "\n"); // the last line lacks nothing else
    end = newline + 1;
  }
  truncateSync(file, end);
}

async function claimEmptyDir(dir: string): Promise<void> {
  try {
    makeDirectories(dir);
    const found = await readdir(dir);
    if (found.length > 0) {
      throw new UsageError(`the output folder ${dir} is not empty (it has ${found[0]}); name a new one with --out`);
    }
    await access(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (errorCode(error) === "ENOSPC") throw diskError(error, dir);
    throw new UsageError(`the output folder ${dir} cannot be used: ${messageOf(error)}; name another one with --out`);
  }
}

export class RunStore {
  readonly dir: string;
  /** 1, and one more with every time that the run is resumed. */
  readonly session: number;
  readonly #redact: Redact | null;

  constructor(dir: string, session: number, redact: Redact | null) {
    this.dir = dir;
    this.session = session;
    this.#redact = redact;
  }

  /** The run as it is stored: with `--redact` without what is personal. */
  redacted(run: RunFile): RunFile {
    return this.#redact === null ? run : redactRun(run, this.#redact);
  }

  /** Replaces run.json: a reader sees the old or the new one, never a part. @throws EnvironmentError */
  async update(run: RunFile): Promise<void> {
    const file = join(this.dir, RUN_FILE);
    const draft = `${file}.new`;
    try {
      await writeFile(draft, `${JSON.stringify(this.redacted(run), null, 2)}\n`);
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw diskError(error, file);
    }
  }

  /**
   * Adds a line for each record to results.jsonl: what belongs together in one write. Synchronous, so that two records never
   * mix and an interrupt finds whole lines.
   * @throws EnvironmentError on a full disk; the lines before stay whole
   */
  append(...records: readonly ResultRecord[]): void {
    const file = join(this.dir, RESULTS_FILE);
    const redact = this.#redact;
    const stored = redact === null ? records : records.map((record) => redactRecord(record, redact));
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
   * Adds to a log of what ran beside the measurements.
   * @param name `1-flannel/node1-flanneld`: folder and file below `logs/`, without its ending
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
   * Makes the raw folder of one repetition.
   * @param scenario cell id without its metric: suite/scenario/plugin/cluster/path
   */
  async rawDir(scenario: string, block: number, rep: number): Promise<RawDir> {
    const path = rawPath(scenario, block, rep, this.session);
    const dir = join(this.dir, path);
    try {
      await rm(dir, { recursive: true, force: true }); // of a repetition that was cut off
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

/** What does not fit is taken back, so that the next line does not grow onto half of one. */
function writeAllOrNothing(fd: number, lines: Buffer): void {
  const before = fstatSync(fd).size;
  try {
    for (let written = 0; written < lines.length;) written += writeSync(fd, lines, written);
  } catch (error) {
    if (fstatSync(fd).size > before) ftruncateSync(fd, before);
    throw error;
  }
}

async function writeRaw(folder: string, role: string, said: RawOutput): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(role)) throw new Error(`"${role}" is no role name`);
  try {
    await writeFile(join(folder, `${role}.cmd`), `${said.cmd}\n`);
    await writeFile(join(folder, `${role}.stdout`), said.stdout);
    await writeFile(join(folder, `${role}.stderr`), said.stderr);
  } catch (error) {
    throw diskError(error, folder);
  }
}
