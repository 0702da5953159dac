/** Markdown of a conformance run for a comment on a pull request: verdicts first, failures to be opened. */
import { versionVerdicts, type ConformanceReport } from "../../results/verdicts.ts";
import { codeBlock, details, joinWithinLimit, list, table, escapeText } from "../markdown.ts";
import { findingGroups, skipsOf, type Finding } from "./findings.ts";

const COLUMN_TITLES = [
  "Plugin",
  "CNI",
  "Verdict",
  "Without what the Go skeleton shares",
  "Passed",
  "MUST, derived failed",
  "SHOULD failed",
  "Beyond failed",
  "Known",
  "Skipped",
];

export function conformanceMarkdown(reports: readonly ConformanceReport[]): string {
  const rows = reports
    .flatMap(({ conformance }) => versionVerdicts(conformance))
    .map((each) => [
      ...[escapeText(each.plugin), each.specVersion, `**${each.verdict}**`, each.withoutGoSkeleton],
      ...[each.passed, each.failed, each.failedShould, each.failedBeyond, each.known, each.skipped].map(String),
    ]);
  const title = reports.map(({ plugin }) => escapeText(plugin)).join(", ");
  return joinWithinLimit([
    `## CNI conformance: ${title}\n\n${table(COLUMN_TITLES, rows)}`,
    ...reports.flatMap(sectionsOf),
  ]);
}

function sectionsOf(report: ConformanceReport): string[] {
  const named = (title: string): string => `${report.plugin}: ${title}`;
  const groups = findingGroups(report).map(({ title, findings }) =>
    details(`${named(title)} (${findings.length})`, findings.map(findingText).join("\n")),
  );
  const skips = skipsOf(report.conformance).map(
    ({ plugin, reason, clauses }) => `${escapeText(plugin)}: ${escapeText(reason)}: ${escapeText(clauses.join(", "))}`,
  );
  const warnings = report.warnings.map((warning) => `${escapeText(warning.code)}: ${escapeText(warning.message)}`);
  const part = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [details(`${named(title)} (${lines.length})`, list(lines))];
  return [...groups, ...part("skipped", skips), ...part("warnings", warnings)];
}

function findingText({ row, versions }: Finding): string {
  const { plugin, clause, level, section, sentence, message, evidence = [], reproduce = "" } = row;
  const head = `**${escapeText(clause)}** (${escapeText(plugin)}; ${level}, ${escapeText(section)}; ${versions.join(", ")}): ${escapeText(sentence)} ${escapeText(message)}`;
  return `${head}\n\n${evidence.length === 0 ? "" : `${codeBlock(evidence.join("\n"))}\n`}${codeBlock(reproduce)}`;
}
