/** Fits the parts of a Markdown document into a comment of a pull request. Rows are never cut. */
import { joinNames } from "./language/text.ts";
import { escapeText } from "./markdown.ts";

/** Characters of a comment. GitHub accepts 65,536, and a workflow may add its own line. */
export const MAX_COMMENT_LENGTH = 65_000;
/** Characters that are kept for the note about omitted rows. */
const NOTE_LENGTH = 800;

/** Characters up to which collapsed parts get space first, so that a long list does not displace the others. */
const MAX_PART_LENGTH = 12_000;

/** A part of which as many rows are shown as fit. */
export interface CommentPart {
  /** What the note about omitted rows calls them: `failures`. */
  readonly name: string;
  /** Markdown before, between and after the rows; all of it is omitted if no row fits. */
  readonly head: string;
  readonly rows: readonly string[];
  readonly tail: string;
  /** Gets space before the parts that are not, wherever it is. */
  readonly essential: boolean;
}

/** Returns a part that is shown as a whole or not at all. */
export function essential(name: string, text: string): CommentPart {
  return { name, head: "", rows: [text], tail: "", essential: true };
}

/** Returns a collapsed part with the number of its rows, or nothing without rows. @param head of a table */
export function collapsed(title: string, name: string, rows: readonly string[], head = ""): CommentPart[] {
  if (rows.length === 0) return [];
  const summary = `<details><summary>${escapeText(title)} (${rows.length})</summary>\n\n`;
  return [{ name, head: `${summary}${head}`, rows, tail: "\n</details>\n", essential: false }];
}

/** Returns a collapsed bullet list with its length, or nothing for an empty list. @param items Markdown */
export function collapsedList(title: string, name: string, items: readonly string[]): CommentPart[] {
  return collapsed(
    title,
    name,
    items.map((item) => `- ${item}\n`),
  );
}

/**
 * Joins the parts. First the essential ones get space, then the others, in order, up to a limit each, and then those
 * beyond the limit. Of a part that does not fit, the rows that do are shown. A last sentence states what was omitted.
 */
export function comment(parts: readonly CommentPart[]): string {
  const shown = new Map<CommentPart, readonly string[]>();
  let space = MAX_COMMENT_LENGTH - NOTE_LENGTH;
  const give = (part: CommentPart, limit = Infinity): void => {
    space += lengthOf(part, shown.get(part) ?? []);
    shown.set(part, fittingRows(part, Math.min(space, limit)));
    space -= lengthOf(part, shown.get(part) ?? []);
  };
  const others = parts.filter((part) => !part.essential);
  for (const part of parts) if (part.essential) give(part);
  for (const part of others) give(part, MAX_PART_LENGTH);
  for (const part of others) give(part);
  const texts = parts.flatMap((part) => {
    const rows = shown.get(part) ?? [];
    return rows.length === 0 ? [] : [`${part.head}${rows.join("")}${part.tail}`];
  });
  return [...texts, ...omissionNote(parts, shown)].join("\n");
}

/** Returns the length of a part with some of its rows, and of the line break before it. */
function lengthOf({ head, tail }: CommentPart, rows: readonly string[]): number {
  return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row.length, head.length + tail.length + 1);
}

/** Returns the rows that fit; a row that is too long does not displace the ones after it. */
function fittingRows({ head, rows, tail }: CommentPart, space: number): readonly string[] {
  let left = space - head.length - tail.length - 1;
  return rows.filter((row) => {
    if (row.length > left) return false;
    left -= row.length;
    return true;
  });
}

function omissionNote(parts: readonly CommentPart[], shown: ReadonlyMap<CommentPart, readonly string[]>): string[] {
  const names = [...new Set(parts.map(({ name }) => name))];
  const omitted = names.flatMap((name) => {
    const same = parts.filter((part) => part.name === name);
    const all = same.reduce((sum, { rows }) => sum + rows.length, 0);
    const left = same.reduce((sum, part) => sum - (shown.get(part)?.length ?? 0), all);
    return left === 0 ? [] : [`${left} of ${all} ${name}`];
  });
  if (omitted.length === 0) return [];
  const list = escapeText(joinNames(omitted).en);
  return [`Omitted to fit in one comment: ${list}; the html report of \`cnibench\` contains everything.\n`];
}
