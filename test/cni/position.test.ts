import { expect, test } from "vitest";
import { offsetOf, positionOf } from "../../cni/position.ts";

const TEXT = `{ "a": [1, {"b \\"]": "x,]}", "c":2}, 3],
  "d" : {"e": null}
}`;

test.each([
  [["a", 0], "1, {"],
  [["a", 1], "{"],
  [["a", 1, 'b "]'], `"x,]}"`],
  [["a", 1, "c"], "2}"],
  [["a", 2], "3]"],
  [["d", "e"], "null"],
])("finds %j", (path, prefix) => {
  expect(TEXT.slice(offsetOf(TEXT, path)).startsWith(prefix)).toBe(true);
});

test("returns the innermost existing value for a path that does not exist", () => {
  expect(TEXT.slice(offsetOf(TEXT, ["d", "missing"]))).toMatch(/^\{"e"/);
  expect(offsetOf(TEXT, ["a", 7])).toBe(TEXT.indexOf("["));
  expect(offsetOf(TEXT, ["a", "no index"])).toBe(TEXT.indexOf("["));
});

test("lines and columns count from 1", () => {
  expect(positionOf("f", TEXT, 0)).toBe("f:1:1");
  expect(positionOf("f", TEXT, TEXT.indexOf("null"))).toBe("f:2:15");
});
