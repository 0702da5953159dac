/** Reading a JSON file by hand: each value by its kind, each problem with its place, all problems at once. */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Warning } from "../core/model.ts";
import { JsonSyntaxError, isList, isObject, kindOf, parseJson, type JsonObject, type JsonValue } from "./json.ts";
import { offsetOf, positionOf, type JsonPath } from "./position.ts";

/** One text being read, with what was found wrong so far. */
export class Reader {
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
      throw new UsageErrors([`${this.#place([])}: a network configuration must be an object, not ${kindOf(value)}`]);
    return value;
  }

  /** Notes a problem at the value; null is none. */
  refuse(path: JsonPath, problem: string | null): void {
    if (problem !== null) this.#problems.push(`${this.#place(path)}: ${printable(problem)}`);
  }

  warn(path: JsonPath, code: string, message: string): void {
    this.warnings.push({ code, message: `${this.#place(path)}: ${printable(message)}` });
  }

  /** A missing text is "". */
  text(from: JsonObject, path: JsonPath, key: string): string {
    const value = from[key] ?? "";
    if (typeof value === "string") return value;
    this.refuse([...path, key], `"${key}" must be a string, not ${kindOf(value)}`);
    return "";
  }

  /** Version 0.4.0 had these as strings, so both are read. */
  flag(from: JsonObject, key: string): boolean {
    const value = from[key] ?? false;
    const word = typeof value === "string" ? value.toLowerCase() : value;
    if (![true, false, "true", "false"].includes(word as boolean | string))
      this.refuse([key], `"${key}" must be true or false, not ${kindOf(value)}`);
    return word === true || word === "true";
  }

  list(from: JsonObject, key: string): readonly JsonValue[] {
    const value = from[key] ?? [];
    if (isList(value)) return value;
    this.refuse([key], `"${key}" must be a list, not ${kindOf(value)}`);
    return [];
  }

  /** @throws UsageErrors with everything that was refused. */
  end(): void {
    if (this.#problems.length > 0) throw new UsageErrors(this.#problems);
  }

  #place(path: JsonPath): string {
    return positionOf(this.#file, this.#text, offsetOf(this.#text, path));
  }
}
