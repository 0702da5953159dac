import { describe, expect, test } from "vitest";
import { JsonSyntaxError, MAX_JSON_DEPTH, parseJson, stringifyJson } from "../../cni/lossless-json.ts";

function syntaxError(text: string): JsonSyntaxError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
  throw new Error("expected a syntax error");
}

describe("round trip", () => {
  test.each([
    `{"b":9007199254740993,"a":123456789012345678901234567890}`,
    `[1.0,1e3,-0,0.1,1E+2,3.141592653589793238]`,
    `{"__proto__":{"x":1},"constructor":2}`,
    `["\\u0000ü\\"\\\\",null,true,false,{},[]]`,
  ])("preserves %s", (text) => expect(stringifyJson(parseJson(text))).toBe(text));

  test("treats __proto__ as an ordinary key", () => {
    const value = parseJson(`{"__proto__":{"polluted":1}}`);
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("syntax errors", () => {
  test("rejects a key with two values", () => {
    expect(syntaxError(`{"a":1,"b":2,"a":3}`)).toMatchObject({ message: "Duplicate key 'a'" });
  });

  test.each([
    ["", 0],
    ["{", 1],
    [`{"a":1}x`, 7],
    ["\ufeff{}", 0],
    ["[1,]", 3],
    ["<html>", 0],
  ])("rejects %j at offset %i", (text, offset) => {
    expect(syntaxError(text).offset).toBe(offset);
  });

  test("rejects a depth that would overflow the stack, quickly", () => {
    expect(syntaxError("[".repeat(1_000_000))).toMatchObject({ offset: MAX_JSON_DEPTH });
    expect(parseJson("[".repeat(MAX_JSON_DEPTH) + "]".repeat(MAX_JSON_DEPTH))).toBeInstanceOf(Array);
  });

  test("ignores brackets inside strings", () => {
    expect(parseJson(JSON.stringify("[".repeat(500)))).toBe("[".repeat(500));
  });
});
