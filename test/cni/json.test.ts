import { describe, expect, test } from "vitest";
import { JsonSyntaxError, MAX_DEPTH, parseJson, stringifyJson } from "../../cni/json.ts";

function fault(text: string): JsonSyntaxError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
  throw new Error("it was expected to be refused");
}

describe("lossless", () => {
  test.each([
    `{"b":9007199254740993,"a":123456789012345678901234567890}`,
    `[1.0,1e3,-0,0.1,1E+2,3.141592653589793238]`,
    `{"__proto__":{"x":1},"constructor":2}`,
    `["\\u0000ü\\"\\\\",null,true,false,{},[]]`,
  ])("%s comes back as it was", (text) => expect(stringifyJson(parseJson(text))).toBe(text));

  test("a key named __proto__ stays a key", () => {
    const value = parseJson(`{"__proto__":{"polluted":1}}`);
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("refused", () => {
  test("a key with two values", () => {
    expect(fault(`{"a":1,"b":2,"a":3}`)).toMatchObject({ message: "Duplicate key 'a'" });
  });

  test.each([
    ["", 0],
    ["{", 1],
    [`{"a":1}x`, 7],
    ["\ufeff{}", 0],
    ["[1,]", 3],
    ["<html>", 0],
  ])("%j, at offset %i", (text, offset) => {
    expect(fault(text).offset).toBe(offset);
  });

  test("a depth that would exhaust the stack, quickly", () => {
    expect(fault("[".repeat(1_000_000))).toMatchObject({ offset: MAX_DEPTH });
    expect(parseJson("[".repeat(MAX_DEPTH) + "]".repeat(MAX_DEPTH))).toBeInstanceOf(Array);
  });

  test("brackets inside strings are no depth", () => {
    expect(parseJson(JSON.stringify("[".repeat(500)))).toBe("[".repeat(500));
  });
});
