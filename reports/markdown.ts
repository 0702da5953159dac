/** Builds Markdown for pull requests. External text is escaped, so that it adds no markup, mention or link. */
import { printable } from "../core/errors.ts";
import { clip } from "./short-names.ts";

/** An invisible character that breaks mentions, issue references and URLs. */
const WORD_JOINER = "\u2060";

/** Returns external text as one line without markup. */
export function escapeText(value: string): string {
  const line = printable(value).replaceAll(/\s+/g, " ").trim();
  const inert = line.replace(/[@#](?=[\w-])|:(?=\/\/)|\bwww(?=\.)/gi, `$&${WORD_JOINER}`);
  return inert.replace(/[\\`*_{}[\]<>&|~!^$"'=#]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Returns external text as one line without markup, shortened to a number of characters. */
export function shortText(value: string, length = 160): string {
  return escapeText(clip(value, length));
}

/** Returns a table. @param rows cells that are already Markdown */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${tableHead(head)}${rows.map(tableRow).join("")}`;
}

/** Returns the head of a table and the line below it. */
export function tableHead(titles: readonly string[]): string {
  return `${tableRow(titles)}${tableRow(titles.map(() => "---"))}`;
}

/** @param cells that are already Markdown */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

export function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}\n`).join("");
}

/** Returns a fenced code block. The fence is longer than any run of backticks in the lines. */
export function codeBlock(lines: string): string {
  const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${printable(lines)}\n${fence}\n`;
}
