/** Markdown of a conformance run for a comment on a pull request: verdicts first, failures to be opened. */
import { standings, type ConformanceReport } from "../../results/verdicts.ts";
import { code, details, fitted, list, table, text } from "../markdown.ts";
import { findingGroups, skipsOf, type Finding } from "./findings.ts";

const HEAD = [
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
    .flatMap(({ conformance }) => standings(conformance))
    .map((each) => [
      ...[text(each.plugin), each.specVersion, `**${each.verdict}**`, each.withoutGoSkeleton],
      ...[each.passed, each.failed, each.failedShould, each.failedBeyond, each.known, each.skipped].map(String),
    ]);
  const title = reports.map(({ plugin }) => text(plugin)).join(", ");
  return fitted([`## CNI conformance: ${title}\n\n${table(HEAD, rows)}`, ...reports.flatMap(partsOf)]);
}

function partsOf(report: ConformanceReport): string[] {
  const named = (title: string): string => `${report.plugin}: ${title}`;
  const groups = findingGroups(report).map(({ title, findings }) =>
    details(`${named(title)} (${findings.length})`, findings.map(findingPart).join("\n")),
  );
  const skips = skipsOf(report.conformance).map(
    ({ plugin, reason, clauses }) => `${text(plugin)}: ${text(reason)}: ${text(clauses.join(", "))}`,
  );
  const warnings = report.warnings.map((warning) => `${text(warning.code)}: ${text(warning.message)}`);
  const part = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [details(`${named(title)} (${lines.length})`, list(lines))];
  return [...groups, ...part("skipped", skips), ...part("warnings", warnings)];
}

function findingPart({ row, versions }: Finding): string {
  const { plugin, clause, level, section, sentence, message, evidence = [], reproduce = "" } = row;
  const head = `**${text(clause)}** (${text(plugin)}; ${level}, ${text(section)}; ${versions.join(", ")}): ${text(sentence)} ${text(message)}`;
  return `${head}\n\n${evidence.length === 0 ? "" : `${code(evidence.join("\n"))}\n`}${code(reproduce)}`;
}
