import { expect, test } from "vitest";
import { formatPosition, nearestNode } from "../../../core/validation/document.ts";
import { parseJsonTree, positionsIn } from "../../../core/validation/json-positions.ts";

const TEXT = `{ "a": [1, {"b \\"]": "x,]}:", "c":-2.5e3}, []],
  "d" : {"e": null, "": true}
}`;
const root = parseJsonTree(TEXT, "f.json");

test("the tree has the values and positions of the text", () => {
  expect(root).toMatchObject({
    kind: "map",
    line: 1,
    column: 1,
    entries: [
      {
        key: "a",
        keyPosition: { line: 1, column: 3 },
        value: {
          kind: "list",
          column: 8,
          items: [
            { kind: "scalar", value: 1, column: 9 },
            {
              kind: "map",
              column: 12,
              entries: [
                { key: 'b "]', keyPosition: { column: 13 }, value: { value: "x,]}:", column: 22 } },
                { key: "c", value: { value: -2500, column: 35 } },
              ],
            },
            { kind: "list", items: [] },
          ],
        },
      },
      {
        key: "d",
        value: {
          entries: [
            { key: "e", value: { value: null, line: 2, column: 15 } },
            { key: "", value: { value: true } },
          ],
        },
      },
    ],
  });
});

test.each([
  ["a string", '"\\u0041\\\\"', "A\\"],
  ["a number", " 7 ", 7],
  ["a word", "\n\tfalse\n", false],
])("%s can be the root", (_, text, value) => {
  expect(parseJsonTree(text, "f.json")).toMatchObject({ kind: "scalar", value });
});

test("__proto__ is an ordinary key", () => {
  expect(parseJsonTree('{"__proto__": 1}', "f")).toMatchObject({
    entries: [{ key: "__proto__", value: { value: 1 } }],
  });
});

test("a path that does not exist leads to the innermost existing value", () => {
  expect(formatPosition(nearestNode(root, "d", "e"))).toBe("f.json:2:15");
  expect(formatPosition(nearestNode(root, "d", "missing"))).toBe("f.json:2:9");
  expect(formatPosition(nearestNode(root, "a", "key of a list"))).toBe("f.json:1:8");
  expect(formatPosition(nearestNode(root, "missing"))).toBe("f.json:1:1");
});

test("lines and columns count from 1, and a line break belongs to its line", () => {
  const positionAt = positionsIn("ab\n\ncd", "f");
  expect([0, 2, 3, 4, 6].map((offset) => formatPosition(positionAt(offset)))).toEqual([
    "f:1:1",
    "f:1:3",
    "f:2:1",
    "f:3:1",
    "f:3:3",
  ]);
});
