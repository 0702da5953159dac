/** Writes the raw output of one repetition, and its digests. */
import { appendFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestLine, sha256 } from "./digests.ts";
import type { Redact } from "./redact.ts";
import { diskError, RAW_DIGESTS_FILE } from "./run-files.ts";

/** The directory for the tool output of one repetition. */
export interface RawDir {
  /** Path relative to the run directory, for the record. */
  readonly path: string;
  /** Stores command line, stdout and stderr of one role (client, server, warm-up). @throws EnvironmentError */
  writeRaw(role: string, output: RawOutput): Promise<void>;
  /** Stores the digests of all files, after the last one was written. @throws EnvironmentError */
  writeDigests(): void;
}

/** Command line and output of a tool. */
interface RawOutput {
  /** A command line that can be pasted into a shell. */
  readonly cmd: string;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Creates the raw directory of a repetition.
 * @param path relative to the run directory
 * @throws EnvironmentError
 */
export async function createRawDir(runDir: string, path: string, redact: Redact | null): Promise<RawDir> {
  const dir = join(runDir, path);
  try {
    await rm(dir, { recursive: true, force: true }); // left by an interrupted repetition
    await mkdir(dir, { recursive: true });
  } catch (error) {
    throw diskError(error, dir);
  }
  const digests: string[] = [];
  const write = async (name: string, text: string): Promise<void> => {
    const stored = redact === null ? text : redact(text);
    await writeFile(join(dir, name), stored);
    digests.push(digestLine(sha256(stored), `${path}/${name}`));
  };
  return {
    path,
    writeRaw: async (role, { cmd, stdout, stderr }) => {
      if (!/^[a-z][a-z0-9-]{0,63}$/.test(role)) throw new Error(`invalid role name "${role}"`);
      try {
        await write(`${role}.cmd`, `${cmd}\n`);
        await write(`${role}.stdout`, stdout);
        await write(`${role}.stderr`, stderr);
      } catch (error) {
        throw diskError(error, dir);
      }
    },
    writeDigests: () => {
      const file = join(runDir, RAW_DIGESTS_FILE);
      try {
        appendFileSync(file, digests.join(""));
      } catch (error) {
        throw diskError(error, file);
      }
    },
  };
}
