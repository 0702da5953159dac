/** Reads typed values from a JSON file and collects all problems with their positions. */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Warning } from "../core/model.ts";
import { JsonSyntaxError, isList, isObject, typeName, parseJson, type JsonObject, type JsonValue } from "./json.ts";
import { offsetOf, positionOf, type JsonPath } from "./position.ts";

/** Reads one JSON file and collects its problems and warnings. */
export class JsonReader {
  readonly warnings: Warning[] = [];
  readonly #problems: string[] = [];
  readonly #text: string;
  readonly #file: string;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = printable(file);
  }

  /** Returns the root object. @throws UsageErrors immediately if there is none, because nothing else can be read */
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

  /** Records a problem at a value; null records nothing. */
  reject(path: JsonPath, problem: string | null): void {
    if (problem !== null) this.#problems.push(`${this.#positionOf(path)}: ${printable(problem)}`);
  }

  /** Records a warning at a value. */
  warn(path: JsonPath, code: string, message: string): void {
    this.warnings.push({ code, message: `${this.#positionOf(path)}: ${printable(message)}` });
  }

  /** Returns the string at a key, or "" if it is missing. */
  string(from: JsonObject, path: JsonPath, key: string): string {
    const value = from[key] ?? "";
    if (typeof value === "string") return value;
    this.reject([...path, key], `"${key}" must be a string, not ${typeName(value)}`);
    return "";
  }

  /** Returns the boolean at a key, or false if it is missing. Version 0.4.0 used strings, so both are accepted. */
  boolean(from: JsonObject, key: string): boolean {
    const value = from[key] ?? false;
    const word = typeof value === "string" ? value.toLowerCase() : value;
    if (![true, false, "true", "false"].includes(word as boolean | string))
      this.reject([key], `"${key}" must be true or false, not ${typeName(value)}`);
    return word === true || word === "true";
  }

  /** Returns the list at a key, or an empty list if it is missing. */
  list(from: JsonObject, key: string): readonly JsonValue[] {
    const value = from[key] ?? [];
    if (isList(value)) return value;
    this.reject([key], `"${key}" must be a list, not ${typeName(value)}`);
    return [];
  }

  /** @throws UsageErrors with all recorded problems */
  throwIfRejected(): void {
    if (this.#problems.length > 0) throw new UsageErrors(this.#problems);
  }

  #positionOf(path: JsonPath): string {
    return positionOf(this.#file, this.#text, offsetOf(this.#text, path));
  }
}
