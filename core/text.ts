/** Compares, completes and quotes text. Pure. */
import { closest, distance } from "fastest-levenshtein";

/** Returns ` (did you mean "bridge"?)` if a known name resembles the typed one, else an empty string. */
export function didYouMean(typed: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(typed, known);
  return distance(typed, nearest) <= Math.max(2, Math.floor(typed.length / 3)) ? ` (did you mean "${nearest}"?)` : "";
}

/** Reports whether the entire text matches a pattern in which `*` matches any characters, including none and `/`. */
export function matchesGlob(text: string, glob: string): boolean {
  const [prefix = "", ...middle] = glob.split("*");
  const suffix = middle.pop();
  if (suffix === undefined) return text === glob;
  if (text.length < prefix.length + suffix.length || !text.startsWith(prefix) || !text.endsWith(suffix)) return false;
  // The earliest match of each part leaves the most text for the next one, so no pattern needs backtracking.
  const end = text.length - suffix.length;
  let from = prefix.length;
  for (const part of middle) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** Returns the start of a text that is longer than `maxChars`, followed by `...`, or else the text. */
export function shortened(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars)}...`;
}

/** Returns a command line that can be pasted into a POSIX shell. */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteWord).join(" ");
}

/** Quotes one word for a POSIX shell. Words without special characters are returned unchanged. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
