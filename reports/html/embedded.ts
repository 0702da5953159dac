/**
 * The data that a page embeds, so that `cnibench verify` can render it again: the stored run, or for large runs its
 * summary without the values of single blocks.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { messageOf, UsageError } from "../../core/errors.ts";
import { cnibenchVersion } from "../../core/paths.ts";
import { stringAt, tryParse, valueAt } from "../../core/untrusted-json.ts";
import { requireLoadedRun, requireSummary, SEALED_FILES, sha256 } from "../../results/index.ts";
import { limitDetails } from "../details-limit.ts";
import { pairRepetitions } from "../pair-matrix.ts";
import { reportInput, type ReportInput } from "../report.ts";
import { html, type Html } from "./markup.ts";

/** Number of samples (values of blocks) up to which a page shows and embeds them. */
const MAX_SAMPLES = 50_000;
const MAX_EMBEDDED_BYTES = 512 * 1024 * 1024;

/** Returns the input without samples, or without series and distributions, if it has too many for a page. */
export function limitSamples(input: ReportInput): ReportInput {
  const { summary, records } = input;
  if (!isLarge(input)) {
    const limited = limitDetails(records);
    return limited === records ? input : { ...input, records: limited };
  }
  return {
    ...input,
    records: [...pairRepetitions(records)],
    summary: { ...summary, cells: summary.cells.map((cell) => ({ ...cell, values: [] })) },
  };
}

/** Reports whether a run has more samples than a page contains. */
export function isLarge({ summary }: Pick<ReportInput, "summary">): boolean {
  return summary.cells.reduce((sum, { n }) => sum + n, 0) > MAX_SAMPLES;
}

/** Returns the element with the data of a run. @param input from {@link limitSamples} */
export function embed(input: ReportInput): Html {
  const text = embeddedText(input);
  const data = gzipSync(text).toString("base64");
  return html`<data class="stored-run" hidden data-sha256="${sha256(text)}" value="${data}"></data>`;
}

/** Returns the embedded JSON text of a run, without the summary if the records determine it. */
function embeddedText(input: ReportInput): string {
  const { run, records, loadWarnings, commands, digests, summary } = input;
  const sealed = Object.fromEntries(SEALED_FILES.map((name) => [name, digests?.[name] ?? null]));
  return JSON.stringify({
    cnibench: cnibenchVersion(),
    ...{ run, records: [...records], loadWarnings, commands, digests: sealed },
    ...(isLarge(input) ? { summary } : {}),
  });
}

/** Returns the element with the reasons why runs are missing. */
export function embedMissing(missing: readonly string[]): Html | null {
  const data = Buffer.from(JSON.stringify(missing)).toString("base64");
  return missing.length === 0 ? null : html`<data class="missing-runs" hidden value="${data}"></data>`;
}

const MISSING = /<data class="missing-runs" hidden value="([A-Za-z0-9+/=]*)"><\/data>/;

/** Returns why runs are missing in a page; an empty list if none are. */
export function missingRuns(page: string): readonly string[] {
  const [, data = ""] = MISSING.exec(page) ?? [];
  const list = tryParse(Buffer.from(data, "base64").toString());
  return Array.isArray(list) ? list.filter((reason) => typeof reason === "string") : [];
}

/** The data of one run in a page. */
export interface EmbeddedRun {
  /** Version of cnibench that rendered the page. */
  readonly version: string;
  readonly text: string;
}

const DATA = /<data class="stored-run" hidden data-sha256="([0-9a-f]{64})" value="([A-Za-z0-9+/=]*)"><\/data>/g;

/** Returns the data of each run of a page; an empty list for a page without. @throws UsageError if it is damaged */
export function embeddedRuns(page: string, file: string): EmbeddedRun[] {
  return [...page.matchAll(DATA)].map(([, digest = "", data = ""], index) => {
    const where = `${file}: embedded data of run ${index + 1}`;
    let text: string;
    try {
      text = gunzipSync(Buffer.from(data, "base64"), { maxOutputLength: MAX_EMBEDDED_BYTES }).toString();
    } catch (error) {
      throw new UsageError(`${where} is damaged: ${messageOf(error)}`);
    }
    if (sha256(text) !== digest) throw new UsageError(`${where} differs from its SHA-256 in the page`);
    return { version: stringAt(tryParse(text), "cnibench") ?? "", text };
  });
}

/** Returns the input that an embedded run was rendered from. @throws UsageError if it is invalid */
export function embeddedInput({ text }: EmbeddedRun, where: string): ReportInput {
  const value = tryParse(text);
  const loaded = requireLoadedRun(value, where);
  const summary = valueAt(value, "summary");
  return summary === undefined ? reportInput(loaded) : { ...loaded, summary: requireSummary(summary, where) };
}

/** Returns the page without the compressed data, which depends on the version of zlib. */
export function withoutData(page: string): string {
  return page.replace(DATA, (_, digest: string) => `<data ${digest}>`);
}
