import { describe, expect, it } from "vitest";
import { displayWidth, padEnd, padStart, shorten, wrapText } from "../../reports/display-width.ts";

describe("displayWidth", () => {
  it.each([
    ["bridge", 6],
    ["µs ≥ 1–2 ×", 10],
    ["网络", 4],
    ["🚀", 2],
    ["e\u0301", 1],
    ["👩‍👩‍👧", 2],
    ["한글", 4],
    ["", 0],
  ])("counts the columns of %j", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

it("pads by columns, not by characters", () => {
  expect([padEnd("网", 4), padStart("网", 4), padEnd("abc", 2)]).toEqual(["网  ", "  网", "abc"]);
});

describe("shorten", () => {
  it.each([
    ["bridge", 6, "bridge"],
    ["bridge", 5, "brid…"],
    ["网络插件", 5, "网络…"],
    ["网络插件", 6, "网络…"],
    ["a👩‍👩‍👧b", 3, "a…"],
    ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
    ["x".repeat(300), 1, "…"],
  ])("fits %j into %d columns", (text, width, expected) => {
    expect(shorten(text, width)).toBe(expected);
    expect(displayWidth(shorten(text, width))).toBeLessThanOrEqual(width);
  });
});

describe("wrapText", () => {
  it("breaks at spaces and indents later lines", () => {
    expect(wrapText("one two three four", 9, "  ")).toBe("one two\n  three\n  four");
  });

  it("keeps a number next to its percent sign", () => {
    expect(wrapText("at most 9.0 % apart", 12)).toBe("at most\n9.0 % apart");
  });

  it("keeps a text without a limit, and a word longer than a line", () => {
    expect(wrapText("one two", Infinity)).toBe("one two");
    expect(wrapText(`a ${"x".repeat(20)} b`, 10)).toBe(`a\n${"x".repeat(20)}\nb`);
  });
});
