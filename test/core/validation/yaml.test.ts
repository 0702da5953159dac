import { describe, expect, test } from "vitest";
import { formatPosition } from "../../../core/validation/document.ts";
import { MAX_BYTES, MAX_YAML_DEPTH, parseDocuments, parseYaml } from "../../../core/validation/yaml.ts";

function problemsOf(text: string): string[] {
  const parsed = parseYaml(text, "f.yaml");
  return "problems" in parsed
    ? parsed.problems.map(({ position: place, message: sentence }) => `${formatPosition(place)}: ${sentence}`)
    : [];
}

function rootOf(text: string) {
  const parsed = parseYaml(text, "f.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.root;
}

test("every node has a position", () => {
  const root = rootOf("a: 1\nlist:\n  - x\n  - {k: true}\n");
  if (root.kind !== "map") throw new Error("not a map");
  const [a, list] = root.entries;
  expect(a).toMatchObject({
    key: "a",
    keyPosition: { line: 1, column: 1 },
    value: { kind: "scalar", value: 1, line: 1, column: 4 },
  });
  if (list?.value.kind !== "list") throw new Error("not a list");
  expect(list.value.items.map(formatPosition)).toEqual(["f.yaml:3:5", "f.yaml:4:5"]);
});

test("scalars follow the core schema of YAML 1.2", () => {
  const root = rootOf("[1, 1.5, 'no', no, true, ~, 1e99]");
  expect(root.kind === "list" && root.items.map((item) => item.kind === "scalar" && item.value)).toEqual([
    1,
    1.5,
    "no",
    "no",
    true,
    null,
    1e99,
  ]);
});

test("an empty file has a null root", () => {
  expect(rootOf("")).toMatchObject({ kind: "scalar", value: null, line: 1, column: 1 });
  expect(rootOf("# only a comment\n")).toMatchObject({ kind: "scalar", value: null });
});

test("all syntax problems are reported together, each with its position", () => {
  const problems = problemsOf("a: b: c\nd: 1\nd: 2\ne: 'open\n");
  expect(problems).toHaveLength(3);
  expect(problems.join("\n")).toMatch(/f\.yaml:1:4: /);
  expect(problems.join("\n")).toContain('f.yaml:3:1: duplicate key "d" (first on line 2)');
  expect(problems.join("\n")).toMatch(/Missing closing 'quote/);
});

test.each([
  ["a second document", "a: 1\n---\nb: 2\n", "f.yaml:2:1: second document"],
  ["an alias", "a: &x 1\nb: *x\n", "f.yaml:2:4: aliases (*name) are not supported"],
  ["a custom tag", "a: !!binary aGVsbG8=\n", "f.yaml:1:4: Unresolved tag"],
  ["a key that is a number", "1: x\n", "f.yaml:1:1: invalid key"],
  ["a key that is a list", "? [a]\n: 1\n", "f.yaml:1:3: invalid key"],
])("%s is rejected", (_, text, expected) => {
  expect(problemsOf(text).join("\n")).toContain(expected);
});

test("an alias bomb is rejected without being expanded", () => {
  const lines = Array.from({ length: 26 }, (_, i) =>
    i === 0
      ? "k0: &a0 [x]"
      : `k${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(", ")}]`,
  );
  const problems = problemsOf(lines.join("\n"));
  expect(problems).toHaveLength(25 * 9);
});

test("size and depth are limited, whatever causes the depth", () => {
  expect(problemsOf("#".repeat(MAX_BYTES + 1))).toEqual([
    expect.stringContaining("f.yaml:1:1: the file is larger than 256 KiB"),
  ]);
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  expect(problemsOf(nested(MAX_YAML_DEPTH))).toEqual([]);
  // Deep enough to crash a recursive parser.
  const deep = 20_000;
  for (const text of [
    nested(MAX_YAML_DEPTH + 1),
    "[".repeat(deep),
    "{a: ".repeat(deep),
    "- ".repeat(deep),
    "? ".repeat(deep),
  ]) {
    expect(problemsOf(text)[0]).toMatch(/^f\.yaml:1:\d+: nested more than 32 levels deep/);
  }
});

test("control characters of a hostile file never reach a message", () => {
  expect(problemsOf('"\u001b[31mx": 1\n"\u001b[31mx": 2\n! \u001b]0;x: 1\n').join("")).not.toMatch(
    /[\u0000-\u001f\u007f]/,
  );
});

describe("parseDocuments", () => {
  test("returns all documents as plain values, with aliases expanded", () => {
    expect(parseDocuments("a: &x [1]\nb: *x\n---\n# nothing\n---\nc: two\n")).toEqual([
      { a: [1], b: [1] },
      null,
      { c: "two" },
    ]);
  });

  test("reports the line of a problem and limits depth and aliases", () => {
    expect(() => parseDocuments("a: 1\nb: [")).toThrow(/^line 2: /);
    expect(() => parseDocuments("[".repeat(MAX_YAML_DEPTH + 5))).toThrow("nested more than");
    const bomb = [
      "a0: &a0 [x, x]",
      ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`),
    ].join("\n");
    expect(() => parseDocuments(bomb)).toThrow(/alias/);
  });
});
