/** Markdown of conformance results for a pull request comment: verdicts first, failures collapsed. */
import {
  type ConformanceReport,
  type ConformanceRow,
  type VersionVerdict,
  versionVerdicts,
} from "../../results/index.ts";
import { collapsed, collapsedList, comment, type CommentPart, essential } from "../comment.ts";
import { codeBlock, escapeText, tableHead, tableRow } from "../markdown.ts";
import { VERDICT_COLUMNS, type VerdictColumn } from "./verdict-columns.ts";
import { type Finding, findingGroups, OPEN_SKIPS, OTHER_SKIPS, type SkipGroup, skipsOf } from "./findings.ts";
import { selectionNote } from "./selection.ts";
import { sharedResultNotes } from "./shared-results.ts";

export function conformanceMarkdown(reports: readonly ConformanceReport[]): string {
  const rows = reports.flatMap(({ conformance }) => conformance);
  const title = reports.map(({ plugin }) => escapeText(plugin)).join(", ");
  const [first] = reports;
  const note = first === undefined ? null : selectionNote(first);
  const shared = sharedResultNotes(rows);
  const notes = [...(note === null ? [] : [note]), ...shared].map(({ en }) => `- ${escapeText(en)}\n`);
  return comment([
    essential("titles", `## CNI conformance: ${title}\n`),
    verdictTable(rows, first?.only),
    ...(notes.length === 0 ? [] : [essential("notes", notes.join(""))]),
    ...reports.flatMap(sectionsOf),
  ]);
}

function sectionsOf({ plugin, conformance, warnings }: ConformanceReport): CommentPart[] {
  const lines = warnings.map((warning) => `${escapeText(warning.code)}: ${escapeText(warning.message)}`);
  const prefix = `${plugin}: `;
  return [...findingParts(conformance, prefix), ...collapsedList(`${prefix}warnings`, "warnings", lines)];
}

/** Returns the deviations and skips, the most severe first. @param prefix of the titles */
export function findingParts(rows: readonly ConformanceRow[], prefix: string): CommentPart[] {
  const skips = skipsOf(rows);
  const skipPart = (title: string, wanted: boolean): CommentPart[] =>
    collapsedList(`${prefix}${title}`, "skipped clauses", skips.filter(({ open }) => open === wanted).map(skipText));
  return [
    ...skipPart(OPEN_SKIPS, true),
    ...findingGroups(rows).flatMap(({ title, findings }) =>
      collapsed(`${prefix}${title.en}`, "deviations from the specification", findings.map(findingText)),
    ),
    ...skipPart(OTHER_SKIPS, false),
  ];
}

function skipText({ plugin, reason, clauses, versions }: SkipGroup): string {
  return [plugin, `${clauses.join(", ")} (${versions.join(", ")})`, reason].map((text) => escapeText(text)).join(": ");
}

function verdictTable(rows: readonly ConformanceRow[], only: string | undefined): CommentPart {
  const cell = (verdict: VersionVerdict, column: VerdictColumn): string => {
    const text = escapeText(String(column.value(verdict)));
    return column.title.en === "Verdict" ? `**${text}**` : text;
  };
  return {
    name: "verdicts",
    head: tableHead(VERDICT_COLUMNS.map(({ title }) => title.en)),
    rows: versionVerdicts(rows, only).map((verdict) => tableRow(VERDICT_COLUMNS.map((each) => cell(verdict, each)))),
    tail: "",
    essential: true,
  };
}

function findingText({ row, versions }: Finding): string {
  const { plugin, clause, level, section, sentence = "", message, evidence = [], reproduce } = row;
  const origin = `${escapeText(plugin)}; ${level}, ${escapeText(section)}; ${escapeText(versions.join(", "))}`;
  const text = [`**${escapeText(clause)}** (${origin}):`, escapeText(sentence), escapeText(message)];
  const blocks = [
    ...(evidence.length === 0 ? [] : [evidence.join("\n")]),
    ...(reproduce === undefined ? [] : [reproduce]),
  ];
  return `${text.filter((part) => part !== "").join(" ")}\n\n${blocks.map(codeBlock).join("\n")}\n`;
}
