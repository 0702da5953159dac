import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { listOption } from "../../../cli/flags/arguments.ts";

const parse = (value: string): unknown =>
  listOption("--fail-on <results>", "", ["a", "b"]).parseArg?.(value, undefined);

test("a list has each of its values once", () => {
  expect(parse("b, a,b")).toEqual(["b", "a"]);
});

test.each(["", " , ", "c", "a,c"])("a list of %j is refused with the values that exist", (value) => {
  expect(() => parse(value)).toThrow(InvalidArgumentError);
  expect(() => parse(value)).toThrow("expected a, b");
});
