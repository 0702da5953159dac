/**
 * Parses and prints JSON without loss: numbers of a configuration or result reach the next plugin with the same digits,
 * and ambiguous documents are rejected. The only file that imports lossless-json.
 */
import { LosslessNumber, parse, stringify } from "lossless-json";

/** A JSON value. Numbers that JavaScript would print with other digits are LosslessNumber. */
export type JsonValue = null | boolean | number | string | LosslessNumber | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Deeper documents could overflow the stack of a recursive parser, here or in a plugin. */
export const MAX_JSON_DEPTH = 64;

/** The document is not valid JSON. `offset` counts characters from 0. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Parses JSON. @throws JsonSyntaxError for malformed or too deep JSON and for duplicate keys with different values */
export function parseJson(text: string): JsonValue {
  const deep = firstTooDeep(text);
  if (deep !== null) throw new JsonSyntaxError(`nested more than ${MAX_JSON_DEPTH} levels deep`, deep);
  try {
    return parse(text, null, { parseNumber: exactNumber }) as JsonValue;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, reason = message, offset = "0"] = /^(.*?) (?:encountered )?at position (\d+)/s.exec(message) ?? [];
    throw new JsonSyntaxError(reason.slice(0, 120), Number(offset));
  }
}

/** Prints JSON on one line without spaces. Numbers keep the digits that they were parsed from. */
export function stringifyJson(value: JsonValue): string {
  return stringify(value) ?? "null";
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Returns the JSON type of a value for error messages. */
export function typeName(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (isList(value)) return "a list";
  if (value instanceof LosslessNumber || typeof value === "number") return "a number";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function exactNumber(digits: string): number | LosslessNumber {
  const number = Number(digits);
  return String(number) === digits ? number : new LosslessNumber(digits);
}

function firstTooDeep(text: string): number | null {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{]|[\]}]/gs)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > MAX_JSON_DEPTH) return index;
  }
  return null;
}
