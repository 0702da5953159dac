/** Compares stored series and distributions with those of the raw output. */
import { shortened } from "../../core/text.ts";
import type { RepetitionDetails } from "../../results/index.ts";

/** Characters of a value in a message. */
const MAX_VALUE_CHARS = 60;

/** Returns the first difference (`distributions[0].values[3] is 1, but 2`), or null. Older records have no details. */
export function changedDetail(stored: RepetitionDetails, recomputed: RepetitionDetails): string | null {
  for (const key of ["series", "distributions"] as const) {
    const difference = stored[key] === undefined ? null : firstDifference(stored[key], recomputed[key], key);
    if (difference !== null) return difference;
  }
  return null;
}

function firstDifference(stored: unknown, found: unknown, path: string): string | null {
  if (!isObject(stored) || !isObject(found) || Array.isArray(stored) !== Array.isArray(found))
    return stored === found ? null : `${path} is ${shown(stored)}, but ${shown(found)}`;
  for (const key of new Set([...Object.keys(stored), ...Object.keys(found)])) {
    const next = Array.isArray(stored) ? `${path}[${key}]` : `${path}.${key}`;
    const difference = firstDifference(stored[key], found[key], next);
    if (difference !== null) return difference;
  }
  return null;
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : shortened(JSON.stringify(value), MAX_VALUE_CHARS);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
