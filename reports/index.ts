/** The registry of report formats. */
import { csv } from "./csv.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { md } from "./md.ts";
import type { Report } from "./report.ts";
import { text } from "./text.ts";

export const reports = { html, json, csv, md, junit, text } satisfies Record<string, Report>;

export type ReportName = keyof typeof reports;

export { columns } from "./columns.ts";
export { displayWidth, padEnd, shorten } from "./display-width.ts";
export { findingGroups, OPEN_SKIPS, OTHER_SKIPS, skipsOf } from "./conformance/findings.ts";
export type { Finding, SkipGroup } from "./conformance/findings.ts";
export { conformanceReports } from "./conformance/index.ts";
export type { ConformanceFormat } from "./conformance/index.ts";
export { selectionNote } from "./conformance/selection.ts";
export { sharedResultNotes } from "./conformance/shared-results.ts";
export { VERDICT_COLUMNS } from "./conformance/verdict-columns.ts";
export { formatCount, formatNumber, formatPercent, formatRatio, formatValue, scaleFor } from "./format.ts";
export type { Scale } from "./format.ts";
export { pageLanguage } from "./html/page.ts";
export { LANGUAGES } from "./language/text.ts";
export type { Language } from "./language/text.ts";
export { withoutDetails } from "./details-limit.ts";
export { embeddedInput, embeddedRuns, missingRuns, withoutData } from "./html/embedded.ts";
export type { EmbeddedRun } from "./html/embedded.ts";
export { blockPosition, decisionSentence, plannedBlocks } from "./stopping.ts";
export { NOISE_COLUMNS, noiseRows, noiseSentences } from "./noise.ts";
export { reportInput } from "./report.ts";
export type { RenderOptions, ReportInput } from "./report.ts";
export { FAIL_ON } from "./run-comparison/comparison-format.ts";
export type { ComparisonOptions, FailOn } from "./run-comparison/comparison-format.ts";
export { comparisonReports } from "./run-comparison/index.ts";
export type { ComparisonReportName } from "./run-comparison/index.ts";
export { failsBuild, isIncomplete } from "./run-comparison/outcome.ts";
export { viewsOf } from "./views/index.ts";
export { standaloneView, VIEW_FORMATS } from "./views/standalone.ts";
export type { ViewFormat } from "./views/standalone.ts";
