import { closest, distance } from "fastest-levenshtein";

/** Returns ` (did you mean "bridge"?)` if a known name resembles the typed one, else an empty string. */
export function didYouMean(typed: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(typed, known);
  return distance(typed, nearest) <= Math.max(2, Math.floor(typed.length / 3)) ? ` (did you mean "${nearest}"?)` : "";
}
