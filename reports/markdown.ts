/** Markdown that escapes by itself, for pages such as a pull request: no markup, mention or link comes from outside. */
import { printable } from "../core/errors.ts";

/** Keeps apart what a page would take for a mention, an issue or an address; it shows nothing. */
const JOINER = "\u2060";

/** Foreign text as one line of plain words. */
export function text(value: string): string {
  const line = printable(value).replaceAll(/\s+/g, " ").trim();
  const apart = line.replace(/[@#](?=[\w-])|:(?=\/\/)|\bwww(?=\.)/gi, `$&${JOINER}`);
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
  return `<details><summary>${text(summary)}</summary>\n\n${body}\n</details>\n`;
}
