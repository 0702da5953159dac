/** Markdown of a conformance run for a pull request comment: verdicts first, failures collapsed. */
import { versionVerdicts, type ConformanceReport } from "../../results/verdicts.ts";
import { codeBlock, details, escapeText, joinWithinLimit, list, table } from "../markdown.ts";
import { findingGroups, skipsOf, type Finding } from "./findings.ts";
import { VERDICT_COLUMNS } from "./verdict-columns.ts";

export function conformanceMarkdown(reports: readonly ConformanceReport[]): string {
  const rows = reports
    .flatMap(({ conformance }) => versionVerdicts(conformance))
    .map((each) => [
      ...[escapeText(each.plugin), each.specVersion, `**${each.verdict}**`, each.withoutGoSkeleton],
      ...[each.passed, each.failed, each.failedShould, each.failedBeyond, each.known, each.skipped].map(String),
    ]);
  const title = reports.map(({ plugin }) => escapeText(plugin)).join(", ");
  return joinWithinLimit([
    `## CNI conformance: ${title}\n\n${table(VERDICT_COLUMNS, rows)}`,
    ...reports.flatMap(sectionsOf),
  ]);
}

function sectionsOf(report: ConformanceReport): string[] {
  const titled = (title: string): string => `${report.plugin}: ${title}`;
  const groups = findingGroups(report).map(({ title, findings }) =>
    details(`${titled(title)} (${findings.length})`, findings.map(findingText).join("\n")),
  );
  const skips = skipsOf(report.conformance).map(
    ({ plugin, reason, clauses }) => `${escapeText(plugin)}: ${escapeText(reason)}: ${escapeText(clauses.join(", "))}`,
  );
  const warnings = report.warnings.map((warning) => `${escapeText(warning.code)}: ${escapeText(warning.message)}`);
  const part = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [details(`${titled(title)} (${lines.length})`, list(lines))];
  return [...groups, ...part("skipped", skips), ...part("warnings", warnings)];
}

function findingText({ row, versions }: Finding): string {
  const { plugin, clause, level, section, sentence, message, evidence = [], reproduce = "" } = row;
  const origin = `${escapeText(plugin)}; ${level}, ${escapeText(section)}; ${versions.join(", ")}`;
  const head = `**${escapeText(clause)}** (${origin}): ${escapeText(sentence)} ${escapeText(message)}`;
  return `${head}\n\n${evidence.length === 0 ? "" : `${codeBlock(evidence.join("\n"))}\n`}${codeBlock(reproduce)}`;
}
