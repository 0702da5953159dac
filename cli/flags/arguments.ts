/** Parsers of option values for commander. */
import { InvalidArgumentError, Option } from "commander";
import { messageOf } from "../../core/errors.ts";
import { integerParser } from "../../core/quantities.ts";

/** Turns a parser that throws UsageError into one whose errors commander reports with the name of the option. */
export function argument<T>(parse: (value: string) => T): (value: string) => T {
  return (value) => {
    try {
      return parse(value);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };
}

/** Returns a parser of integers from `min` to `max`. */
export function integer(min: number, max: number): (value: string) => number {
  return argument(integerParser(min, max));
}

/** Splits comma-separated names and removes duplicates. */
export function parseNames(value: string): string[] {
  return [...new Set(parseEachName(value))];
}

/** Splits comma-separated names and keeps duplicates. */
export function parseEachName(value: string): string[] {
  const names = value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new InvalidArgumentError("expected comma-separated names, e.g. bridge,ptp");
  return names;
}

/** Collects the values of a repeatable option. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** Returns an option that takes comma-separated values out of `allowed`. */
export function listOption(flags: string, description: string, allowed: readonly string[]): Option {
  return new Option(flags, description).argParser((value) => {
    if (value.replaceAll(",", "").trim() === "")
      throw new InvalidArgumentError(`no value; expected ${allowed.join(", ")}`);
    const names = parseNames(value);
    const invalid = names.find((name) => !allowed.includes(name));
    if (invalid !== undefined)
      throw new InvalidArgumentError(`unknown value "${invalid}"; expected ${allowed.join(", ")}`);
    return names;
  });
}
