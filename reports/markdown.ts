/** Builds Markdown for pull requests. External text is escaped, so that it adds no markup, mention or link. */
import { printable } from "../core/errors.ts";
import { formatCount } from "./format.ts";

/** An invisible character that breaks mentions, issue references and URLs. */
const WORD_JOINER = "\u2060";

/** Maximum length of a GitHub comment, in characters. */
const MAX_COMMENT_LENGTH = 65_536;

/** Returns external text as one line without markup. */
export function escapeText(value: string): string {
  const line = printable(value).replaceAll(/\s+/g, " ").trim();
  const inert = line.replace(/[@#](?=[\w-])|:(?=\/\/)|\bwww(?=\.)/gi, `$&${WORD_JOINER}`);
  return inert.replace(/[\\`*_{}[\]<>&|~!^$"'=#]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Returns a table. @param rows cells that are already Markdown */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return `${line(head)}${line(head.map(() => "---"))}${rows.map(line).join("")}`;
}

export function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}\n`).join("");
}

/** Returns a collapsed section. @param body already Markdown */
export function details(summary: string, body: string): string {
  return `<details><summary>${escapeText(summary)}</summary>\n\n${body}\n</details>\n`;
}

/** Returns a collapsed section with a list and its length, or nothing for an empty list. @param items Markdown */
export function collapsedList(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [details(`${title} (${items.length})`, bulletList(items))];
}

/** Joins the parts that fit into one comment, in order, and appends a note with the number of omitted parts. */
export function joinWithinLimit(parts: readonly string[]): string {
  const note = (count: number): string =>
    `\n${formatCount(count, "section")} omitted to fit in one comment; see another report format.\n`;
  let joined = "";
  let omitted = 0;
  for (const part of parts) {
    if (joined.length + part.length + note(parts.length).length <= MAX_COMMENT_LENGTH)
      joined += `${joined === "" ? "" : "\n"}${part}`;
    else omitted++;
  }
  return omitted === 0 ? joined : joined + note(omitted);
}

/** Returns a fenced code block. The fence is longer than any run of backticks in the lines. */
export function codeBlock(lines: string): string {
  const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${printable(lines)}\n${fence}\n`;
}
