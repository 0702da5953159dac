/** Markdown of conformance results for a pull request comment: verdicts first, failures collapsed. */
import {
  type ConformanceReport,
  type ConformanceRow,
  type VersionVerdict,
  versionVerdicts,
} from "../../results/index.ts";
import { codeBlock, collapsedList, details, escapeText, joinWithinLimit, table } from "../markdown.ts";
import { COUNT_COLUMNS, VERDICT_COLUMNS, type VerdictColumn } from "./verdict-columns.ts";
import { type Finding, findingGroups, OPEN_SKIPS, OTHER_SKIPS, type SkipGroup, skipsOf } from "./findings.ts";
import { selectionNote } from "./selection.ts";
import { sharedResultNotes } from "./shared-results.ts";

export function conformanceMarkdown(reports: readonly ConformanceReport[]): string {
  const rows = reports.flatMap(({ conformance }) => conformance);
  const title = reports.map(({ plugin }) => escapeText(plugin)).join(", ");
  const [first] = reports;
  const note = first === undefined ? null : selectionNote(first);
  const shared = sharedResultNotes(rows);
  return joinWithinLimit([
    `## CNI conformance: ${title}\n\n${verdictTable(rows, VERDICT_COLUMNS, first?.only)}`,
    ...(note === null ? [] : [escapeText(note.en)]),
    ...(shared.length === 0 ? [] : [shared.map(({ en }) => `- ${escapeText(en)}`).join("\n")]),
    ...reports.flatMap(sectionsOf),
  ]);
}

/** Returns the sections for the conformance results of a run. */
export function conformanceSections(rows: readonly ConformanceRow[]): string[] {
  if (rows.length === 0) return [];
  return [`### Conformance\n\n${verdictTable(rows, COUNT_COLUMNS)}`, ...findingSections(rows, "Conformance: ")];
}

function sectionsOf({ plugin, conformance, warnings }: ConformanceReport): string[] {
  const lines = warnings.map((warning) => `${escapeText(warning.code)}: ${escapeText(warning.message)}`);
  const prefix = `${plugin}: `;
  return [...findingSections(conformance, prefix), ...collapsedList(`${prefix}warnings`, lines)];
}

/** @param prefix of the titles */
function findingSections(rows: readonly ConformanceRow[], prefix: string): string[] {
  const groups = findingGroups(rows).map(({ title, findings }) =>
    details(`${prefix}${title.en} (${findings.length})`, findings.map(findingText).join("\n")),
  );
  const skips = skipsOf(rows);
  // The limit of a comment omits the last sections first.
  return [
    ...collapsedList(`${prefix}${OPEN_SKIPS}`, skips.filter(({ open }) => open).map(skipText)),
    ...groups,
    ...collapsedList(`${prefix}${OTHER_SKIPS}`, skips.filter(({ open }) => !open).map(skipText)),
  ];
}

function skipText({ plugin, reason, clauses, versions }: SkipGroup): string {
  return [plugin, `${clauses.join(", ")} (${versions.join(", ")})`, reason].map((text) => escapeText(text)).join(": ");
}

function verdictTable(rows: readonly ConformanceRow[], columns: readonly VerdictColumn[], only?: string): string {
  const cell = (verdict: VersionVerdict, column: VerdictColumn): string => {
    const text = escapeText(String(column.value(verdict)));
    return column.title.en === "Verdict" ? `**${text}**` : text;
  };
  return table(
    columns.map(({ title }) => title.en),
    versionVerdicts(rows, only).map((verdict) => columns.map((column) => cell(verdict, column))),
  );
}

function findingText({ row, versions }: Finding): string {
  const { plugin, clause, level, section, sentence = "", message, evidence = [], reproduce } = row;
  const origin = `${escapeText(plugin)}; ${level}, ${escapeText(section)}; ${escapeText(versions.join(", "))}`;
  const text = [`**${escapeText(clause)}** (${origin}):`, escapeText(sentence), escapeText(message)];
  const blocks = [
    ...(evidence.length === 0 ? [] : [evidence.join("\n")]),
    ...(reproduce === undefined ? [] : [reproduce]),
  ];
  return `${text.filter((part) => part !== "").join(" ")}\n\n${blocks.map(codeBlock).join("\n")}`;
}
