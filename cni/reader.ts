/** Reading a JSON file by hand: each value by its kind, each problem with its place, all problems at once. */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Warning } from "../core/model.ts";
import { JsonSyntaxError, isList, isObject, typeName, parseJson, type JsonObject, type JsonValue } from "./json.ts";
import { offsetOf, positionOf, type JsonPath } from "./position.ts";

/** One text being read, with what was found wrong so far. */
export class JsonReader {
  readonly warnings: Warning[] = [];
  readonly #problems: string[] = [];
  readonly #text: string;
  readonly #file: string;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = printable(file);
  }

  /** @throws UsageErrors at once: without an object there is nothing to read on. */
  root(): JsonObject {
    let value: JsonValue;
    try {
      value = parseJson(this.#text);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw new UsageErrors([
        `${positionOf(this.#file, this.#text, error.offset)}: ${printable(error.message)}; correct the JSON here`,
      ]);
    }
    if (!isObject(value))
      throw new UsageErrors([
        `${this.#positionOf([])}: a network configuration must be an object, not ${typeName(value)}`,
      ]);
    return value;
  }

  /** Notes a problem at the value; null is none. */
  reject(path: JsonPath, problem: string | null): void {
    if (problem !== null) this.#problems.push(`${this.#positionOf(path)}: ${printable(problem)}`);
  }

  warn(path: JsonPath, code: string, message: string): void {
    this.warnings.push({ code, message: `${this.#positionOf(path)}: ${printable(message)}` });
  }

  /** A missing text is "". */
  text(from: JsonObject, path: JsonPath, key: string): string {
    const value = from[key] ?? "";
    if (typeof value === "string") return value;
    this.reject([...path, key], `"${key}" must be a string, not ${typeName(value)}`);
    return "";
  }

  /** Version 0.4.0 had these as strings, so both are read. */
  boolean(from: JsonObject, key: string): boolean {
    const value = from[key] ?? false;
    const word = typeof value === "string" ? value.toLowerCase() : value;
    if (![true, false, "true", "false"].includes(word as boolean | string))
      this.reject([key], `"${key}" must be true or false, not ${typeName(value)}`);
    return word === true || word === "true";
  }

  list(from: JsonObject, key: string): readonly JsonValue[] {
    const value = from[key] ?? [];
    if (isList(value)) return value;
    this.reject([key], `"${key}" must be a list, not ${typeName(value)}`);
    return [];
  }

  /** @throws UsageErrors with everything that was refused. */
  throwIfRejected(): void {
    if (this.#problems.length > 0) throw new UsageErrors(this.#problems);
  }

  #positionOf(path: JsonPath): string {
    return positionOf(this.#file, this.#text, offsetOf(this.#text, path));
  }
}
