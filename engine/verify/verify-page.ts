/** Verifies an html report: against the data that it embeds, and against run directories. */
import { basename } from "node:path";
import { printable, UsageError } from "../../core/errors.ts";
import { cnibenchVersion } from "../../core/paths.ts";
import { tryParse, valueAt } from "../../core/untrusted-json.ts";
import {
  embeddedInput,
  embeddedRuns,
  missingRuns,
  type EmbeddedRun,
  pageLanguage,
  type ReportInput,
  reports,
  withoutData,
  withoutDetails,
} from "../../reports/index.ts";
import { type LoadedRun, redactLoaded, redactor, SEALED_FILES } from "../../results/index.ts";
import { firstDifference, readReport, requireRendering } from "./verify-report.ts";
import type { Verified } from "./verified.ts";

/** The report format of pages. */
export const PAGE_FORMAT = "html";

/** A run directory with its content. */
export interface RunSource {
  readonly dir: string;
  readonly loaded: LoadedRun;
}

/**
 * Verifies a page.
 * @param sources run directories, in the order of the page; none: only the page itself is verified
 * @throws UsageError that names the first difference
 */
export async function verifyPage(file: string, sources: readonly RunSource[]): Promise<Verified> {
  const page = readReport(file);
  if (/^\s*<!doctype html>/i.test(page) && !page.trimEnd().endsWith("</html>"))
    throw new UsageError(`${file}: ends before </html>, so a part is missing; render it again with "cnibench report"`);
  const runs = embeddedRuns(page, file);
  if (runs.length === 0) return withoutEmbeddedRuns(file, sources);
  if (sources.length > 0 && sources.length !== runs.length)
    throw new UsageError(`${file} shows ${runs.length} runs; name ${runs.length} run directories, in the same order`);
  const inputs = runs.map((run, index) => embeddedInput(run, `${file}: embedded data of run ${index + 1}`));
  sources.forEach((source, index) => requireSameDigests(file, inputs[index]?.digests, source));
  const [{ version }] = runs as [EmbeddedRun];
  if (version !== cnibenchVersion()) return verifyData(file, version, runs, sources);
  const name = basename(file);
  if (sources.length === 0) {
    await requireOwnRendering(page, file, inputs);
    return { checked: [`${name}: as rendered from the data in the page`], unchecked: [withoutRun(name)] };
  }
  // The part of the page that is compared contains the digest of its data.
  const loaded = sources.map((source) => source.loaded);
  await requireRendering(
    {
      ...{ text: page, file, name: PAGE_FORMAT, comparable: withoutData },
      ...{ language: pageLanguage(page), missing: missingRuns(page) },
    },
    loaded,
  );
  return { checked: [`${name}: as rendered from the run`], unchecked: [] };
}

function withoutRun(name: string): string {
  return `the run: name its directory to compare ${name} with run.json, results.jsonl and raw/`;
}

function withoutEmbeddedRuns(file: string, sources: readonly RunSource[]): Verified {
  const reason = 'no data of a run, which only html reports of "run" and "report" contain';
  if (sources.length === 0) throw new UsageError(`${file}: ${reason}; name the run directory instead`);
  return { checked: [], unchecked: [`${basename(file)}: ${reason} (those of older versions do not)`] };
}

/** Verifies the data of a page that another version of cnibench rendered. */
function verifyData(
  file: string,
  version: string,
  runs: readonly EmbeddedRun[],
  sources: readonly RunSource[],
): Verified {
  sources.forEach((source, index) => requireSameData(file, runs[index] as EmbeddedRun, source));
  const name = basename(file);
  const current = cnibenchVersion();
  return {
    checked: [`${name}: ${sources.length === 0 ? "its data have their SHA-256" : "its data are those of the run"}`],
    unchecked: [
      `${name}: text and charts, because cnibench ${printable(version)} rendered them, not ${current}`,
      ...(sources.length === 0 ? [withoutRun(name)] : []),
    ],
  };
}

async function requireOwnRendering(page: string, file: string, inputs: readonly ReportInput[]): Promise<void> {
  const again = await reports[PAGE_FORMAT].render(inputs, { language: pageLanguage(page), missing: missingRuns(page) });
  const [stored, rendered] = [page, again].map(withoutData) as [string, string];
  if (stored !== rendered) throw new UsageError(`${file}:${firstDifference(stored, rendered)}`);
}

/** Compares data that another version of cnibench embedded, which may contain more. */
function requireSameData(file: string, { text }: EmbeddedRun, { dir, loaded }: RunSource): void {
  const embedded = tryParse(text);
  const hasSamples = valueAt(embedded, "summary") === undefined;
  const dataOf = (value: unknown): string =>
    JSON.stringify([valueAt(value, "run"), hasSamples ? valueAt(value, "records") : null]);
  const expected = dataOf(embedded);
  for (const candidate of embeddableData(loaded)) if (dataOf(candidate) === expected) return;
  throw new UsageError(`${file}: its data differ from those of ${dir}`);
}

/** Yields the data that a page of a run may contain: with or without `--redact` and the details of records. */
function* embeddableData(loaded: LoadedRun): Generator<LoadedRun> {
  yield loaded;
  yield { ...loaded, records: withoutDetails(loaded.records) };
  const redacted = redactLoaded(loaded, redactor(null));
  yield redacted;
  yield { ...redacted, records: withoutDetails(redacted.records) };
}

function requireSameDigests(file: string, shown: LoadedRun["digests"], { dir, loaded }: RunSource): void {
  const different = SEALED_FILES.find((name) => shown?.[name] !== loaded.digests?.[name]);
  if (different === undefined) return;
  throw new UsageError(`${file}: rendered from another ${different} than that of ${dir}, whose SHA-256 differs`);
}
