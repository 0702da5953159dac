/** The folder of a run while it is written: run.json, results.jsonl, raw/. Nothing that was stored is lost by what comes after. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { access, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UsageError } from "../core/errors.ts";
import { makeFolders } from "../core/folders.ts";
import { diskError, errorCode } from "./disk.ts";
import { rawPath } from "./raw-path.ts";
import type { ResultRecord, RunFile } from "./record.ts";

export const RUN_FILE = "run.json";
export const RESULTS_FILE = "results.jsonl";

/** Where one repetition keeps what its tools said. */
export interface RawDir {
  /** Relative to the run folder: goes into the record. */
  readonly path: string;
  /** Stores the command line and both outputs of one role (client, server, warm-up). @throws EnvironmentError */
  writeRaw(role: string, said: RawOutput): Promise<void>;
}

export interface RawOutput {
  /** As a person would paste it. */
  readonly cmd: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws UsageError when `dir` is not empty or not writable; EnvironmentError when the disk is full */
export async function createRun(dir: string, run: RunFile): Promise<RunStore> {
  await claimEmpty(dir);
  const store = new RunStore(dir);
  await store.update(run);
  return store;
}

async function claimEmpty(dir: string): Promise<void> {
  try {
    makeFolders(dir);
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

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Replaces run.json: a reader sees the old or the new one, never a part. @throws EnvironmentError */
  async update(run: RunFile): Promise<void> {
    const file = join(this.dir, RUN_FILE);
    const draft = `${file}.new`;
    try {
      await writeFile(draft, `${JSON.stringify(run, null, 2)}\n`);
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw diskError(error, file);
    }
  }

  /**
   * Adds one line to results.jsonl. Synchronous, so that two records never mix and an interrupt finds whole lines.
   * @throws EnvironmentError on a full disk; the lines before it stay whole
   */
  append(record: ResultRecord): void {
    const file = join(this.dir, RESULTS_FILE);
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      const fd = openSync(file, "a");
      try {
        writeWhole(fd, line);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw diskError(error, file);
    }
  }

  /**
   * Makes the raw folder of one repetition.
   * @param scenario cell id without its metric: suite/scenario/plugin/cluster/path
   */
  async rawDir(scenario: string, block: number, rep: number): Promise<RawDir> {
    const path = rawPath(scenario, block, rep);
    const folder = join(this.dir, path);
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw diskError(error, folder);
    });
    return { path, writeRaw: (role, said) => writeRaw(folder, role, said) };
  }
}

/** A line that does not fit is taken back, so that the next one does not grow onto half of it. */
function writeWhole(fd: number, line: Buffer): void {
  const before = fstatSync(fd).size;
  try {
    for (let written = 0; written < line.length; ) written += writeSync(fd, line, written);
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
