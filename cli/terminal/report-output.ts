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
 * Returns a function that prints or writes a report. Bytes are never printed to a terminal.
 * @param out file of `--out`
 * @param inputs files that the command reads, which may not exist
 * @throws UsageError if the report would replace an input or data of a run
 */
export function reportOutput(
  out: string | undefined,
  inputs: readonly string[],
): (report: string | Uint8Array) => Promise<void> {
  if (out === undefined) return (report) => Promise.resolve(printReport(report));
  const target = realPathOf(out);
  if (inputs.some((input) => isSameFile(input, target)))
    throw new UsageError(`--out ${out}: is an input of this command; name another file`);
  const run = runWithData(target);
  if (run !== null) throw new UsageError(`--out ${out}: belongs to the data of the run in ${run}; name another file`);
  return (report) => writeReport(out, report);
}

/**
 * Prints a report. On a full disk, Node.js ignores that a write stored only a part. A write of one more character then
 * fails, which is reported (`watchOutput`).
 */
function printReport(report: string | Uint8Array): void {
  if (typeof report !== "string" && process.stdout.isTTY)
    throw new UsageError("a terminal cannot show this format; name a file with --out FILE");
  for (const part of [report.slice(0, -1), report.slice(-1)]) process.stdout.write(part);
}

async function writeReport(out: string, report: string | Uint8Array): Promise<void> {
  try {
    await writeFile(out, report);
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
