/** Markdown that escapes by itself, for pages such as a pull request: no markup, mention or link comes from outside. */
import { printable } from "../core/errors.ts";

/** Keeps apart what a page would take for a mention, an issue or an address; it shows nothing. */
const WORD_JOINER = "\u2060";

/** Characters that GitHub takes in one comment. */
const MAX_COMMENT_LENGTH = 65_536;

/** Foreign text as one line of plain words. */
export function escapeText(value: string): string {
  const line = printable(value).replaceAll(/\s+/g, " ").trim();
  const apart = line.replace(/[@#](?=[\w-])|:(?=\/\/)|\bwww(?=\.)/gi, `$&${WORD_JOINER}`);
  return apart.replace(/[\\`*_{}[\]<>&|~!^$"'=#]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A table; its cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return `${line(head)}${line(head.map(() => "---"))}${rows.map(line).join("")}`;
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}\n`).join("");
}

/** Shown when a reader opens it. @param body Markdown already */
export function details(summary: string, body: string): string {
  return `<details><summary>${escapeText(summary)}</summary>\n\n${body}\n</details>\n`;
}

/** Parts in their order, as long as they fit; the first one always does. */
export function joinWithinLimit(parts: readonly string[]): string {
  const note = (count: number): string =>
    `\n${count} parts are left out here for their length; the other reports have them.\n`;
  let joined = "";
  let omitted = 0;
  for (const part of parts) {
    if (joined.length + part.length + note(parts.length).length <= MAX_COMMENT_LENGTH)
      joined += `${joined === "" ? "" : "\n"}${part}`;
    else omitted++;
  }
  return omitted === 0 ? joined : joined + note(omitted);
}

/** Lines as they are, such as a command: no markup in them counts, and whatever runs of backticks they have. */
export function codeBlock(lines: string): string {
  const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${printable(lines)}\n${fence}\n`;
}
