/** Prints the report of a command, or writes it to the file of `--out`. */
import { existsSync, realpathSync, type Stats, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { messageOf, UsageError } from "../../core/errors.ts";
import { GATE_FILE, RAW_DIGESTS_FILE, RESULTS_FILE, RUN_DIGESTS_FILE, RUN_FILE } from "../../results/index.ts";

/** Files and directories of a run directory that nothing can restore. */
const RUN_DATA: readonly string[] = [
  RUN_FILE,
  RESULTS_FILE,
  RAW_DIGESTS_FILE,
  RUN_DIGESTS_FILE,
  GATE_FILE,
  "raw",
  "logs",
];

/**
 * Returns a function that prints or writes a report.
 * @param out file of `--out`
 * @param inputs files that the command reads, which may not exist
 * @throws UsageError if the report would replace an input or data of a run
 */
export function reportOutput(out: string | undefined, inputs: readonly string[]): (text: string) => Promise<void> {
  if (out === undefined) return (text) => Promise.resolve(printReport(text));
  const target = realPathOf(out);
  if (inputs.some((input) => isSameFile(input, target)))
    throw new UsageError(`--out ${out}: is an input of this command; name another file`);
  const run = runWithData(target);
  if (run !== null) throw new UsageError(`--out ${out}: belongs to the data of the run in ${run}; name another file`);
  return (text) => writeReport(out, text);
}

/**
 * Prints a report. On a full disk, Node.js ignores that a write stored only a part. A write of one more character then
 * fails, which is reported (`watchOutput`).
 */
function printReport(text: string): void {
  for (const part of [text.slice(0, -1), text.slice(-1)]) process.stdout.write(part);
}

async function writeReport(out: string, text: string): Promise<void> {
  try {
    await writeFile(out, text);
  } catch (error) {
    throw new UsageError(`--out ${out}: cannot be written (${messageOf(error)}); name another file`);
  }
  process.stderr.write(`written: ${out}\n`);
}

/** Returns the run directory whose data the path belongs to, or null. */
function runWithData(path: string): string | null {
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    const [name = ""] = relative(dir, path).split(sep);
    if (RUN_DATA.includes(name) && existsSync(join(dir, RUN_FILE))) return dir;
    if (dir === dirname(dir)) return null;
  }
}

/** Follows links, also if the file does not exist yet. */
function realPathOf(path: string): string {
  for (const [existing, rest] of [
    [path, ""],
    [dirname(path), basename(path)],
  ] as const)
    try {
      return join(realpathSync(existing), rest);
    } catch {
      // The file is new, or its directory is missing, which writing reports.
    }
  return resolve(path);
}

function isSameFile(first: string, second: string): boolean {
  const [a, b] = [first, second].map(statsOf);
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
