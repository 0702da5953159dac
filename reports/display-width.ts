/** Measures, shortens and wraps text by the columns that a terminal needs for it. */
import stringWidth from "string-width";

const ELLIPSIS = "…";
/** Characters that need one column each. */
const ASCII = /^[\u0020-\u007e]*$/;

/** Returns the number of columns: two for East Asian characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** Appends spaces up to a number of columns. */
export function padEnd(text: string, width: number): string {
  return `${text}${" ".repeat(Math.max(0, width - displayWidth(text)))}`;
}

/** Inserts spaces before the text up to a number of columns. */
export function padStart(text: string, width: number): string {
  return `${" ".repeat(Math.max(0, width - displayWidth(text)))}${text}`;
}

/** Replaces the end of a longer text by an ellipsis. Never splits a character. @param width in columns, at least 1 */
export function shorten(text: string, width: number): string {
  // A text with as few code units never needs more columns than twice their number.
  if (text.length * 2 <= width || displayWidth(text) <= width) return text;
  let shown = "";
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    columns += displayWidth(segment);
    if (columns > width - 1) break;
    shown += segment;
  }
  return `${shown}${ELLIPSIS}`;
}

/**
 * Breaks a text into lines at spaces, but not before a percent sign. A longer word gets a line of its own, which the
 * terminal wraps.
 * @param width in columns
 * @param indent of the second and later lines
 */
export function wrapText(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ (?!%)/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line.trim() === "" || displayWidth(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line].join("\n");
}
