import { closest, distance } from "fastest-levenshtein";

/** ` (did you mean "bridge"?)` when a known name is near to what was typed, else an empty string. */
export function didYouMean(typed: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(typed, known);
  return distance(typed, nearest) <= Math.max(2, Math.floor(typed.length / 3)) ? ` (did you mean "${nearest}"?)` : "";
}
