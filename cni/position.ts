/** Finds the position of values in JSON, for messages with file, line and column. */

/** Keys and indexes from the root to a value. */
export type JsonPath = readonly (string | number)[];

/** Returns `file:line:column` of an offset. Line and column count from 1. */
export function positionOf(file: string, text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/**
 * Returns the offset of the value at `path` in valid JSON. If the path does not exist (a missing key), returns the
 * offset of the innermost existing value.
 */
export function offsetOf(text: string, path: JsonPath): number {
  let at = skipSpace(text, 0);
  for (const step of path) {
    const inner = childOffset(text, at, step);
    if (inner === null) return at;
    at = inner;
  }
  return at;
}

function childOffset(text: string, container: number, step: string | number): number | null {
  const isMap = text[container] === "{";
  if (isMap !== (typeof step === "string")) return null;
  let at = skipSpace(text, container + 1);
  for (let index = 0; at < text.length && !"]}".includes(text[at] ?? ""); index++) {
    let key: unknown = index;
    if (isMap) {
      const end = endOfString(text, at);
      key = JSON.parse(text.slice(at, end));
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    if (key === step) return at;
    at = skipSpace(text, endOfValue(text, at));
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return null;
}

function skipSpace(text: string, at: number): number {
  while (" \t\r\n".includes(text[at] ?? "end")) at++;
  return at;
}

function endOfString(text: string, at: number): number {
  for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
  return at + 1;
}

function endOfValue(text: string, at: number): number {
  let depth = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === '"') at = endOfString(text, at) - 1;
    else if ("[{".includes(char)) depth++;
    else if ("]}".includes(char) && --depth < 0) return at;
    else if (char === "," && depth === 0) return at;
    at++;
    if (depth === 0 && '"]}'.includes(char)) return at;
  }
  return at;
}
