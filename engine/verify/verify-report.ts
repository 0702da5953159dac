/** Compares a report with one that is rendered again from the stored run. */
import { closeSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { printable, UsageError } from "../../core/errors.ts";
import { cnibenchVersion } from "../../core/paths.ts";
import { type RenderOptions, reportInput, type ReportName, reports } from "../../reports/index.ts";
import { type LoadedRun, openRegular, redactLoaded, redactor } from "../../results/index.ts";
import type { Verified } from "./verified.ts";

const MAX_REPORT_BYTES = 512 * 1024 * 1024;
/** Characters before and after a difference in a message. */
const EXCERPT_CHARS = 30;

/** Compares a report that names no version of cnibench. @throws UsageError with the first different line */
export async function verifyReport(file: string, name: ReportName, loaded: LoadedRun): Promise<Verified> {
  const [measuredBy, current] = [loaded.run.versions.cnibench, cnibenchVersion()];
  if (measuredBy !== current) {
    const reason = `cnibench ${measuredBy} wrote the run, and ${current} may render it differently`;
    return { checked: [], unchecked: [`${basename(file)}: ${reason}`] };
  }
  await requireRendering({ text: readReport(file), file, name }, [loaded]);
  return { checked: [`${basename(file)}: as rendered from the run`], unchecked: [] };
}

/** Returns the text of a report. @throws UsageError */
export function readReport(file: string): string {
  const fd = openRegular(file, MAX_REPORT_BYTES);
  if (fd === null) throw new UsageError(`${file}: not found`);
  try {
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

interface StoredReport extends RenderOptions {
  readonly text: string;
  readonly file: string;
  readonly name: ReportName;
  /** Returns the part of a report that is compared. Default: all. */
  readonly comparable?: (text: string) => string;
}

/**
 * Requires a report to be that of these runs, with or without `--redact`.
 * @throws UsageError with the first different line
 */
export async function requireRendering(report: StoredReport, runs: readonly LoadedRun[]): Promise<void> {
  const { text, file, name, comparable = (whole) => whole, ...options } = report;
  const render = async (inputs: readonly LoadedRun[]): Promise<string> =>
    comparable(await reports[name].render(inputs.map(reportInput), options));
  const stored = comparable(text);
  const rendered = await render(runs);
  if (stored === rendered) return;
  const redacted = await render(runs.map((run) => redactLoaded(run, redactor(null))));
  if (stored !== redacted) throw new UsageError(`${file}:${firstDifference(stored, rendered)}`);
}

/** Returns line and excerpts of the first difference of two texts. */
export function firstDifference(stored: string, expected: string): string {
  let at = 0;
  while (at < stored.length && stored[at] === expected[at]) at++;
  const line = stored.slice(0, at).split("\n").length;
  const excerpt = (text: string): string =>
    printable(text.slice(Math.max(0, at - EXCERPT_CHARS), at + EXCERPT_CHARS).replaceAll("\n", " "));
  return `${line}: the report shows "${excerpt(stored)}", the stored run gives "${excerpt(expected)}"`;
}
