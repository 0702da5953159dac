import { describe, expect, test } from "vitest";
import { MAX_BYTES, MAX_DEPTH, formatPosition, parseDocuments, parseYaml } from "../../core/yaml.ts";

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

test("every node knows its place", () => {
  const root = rootOf("a: 1\nlist:\n  - x\n  - {k: true}\n");
  if (root.kind !== "map") throw new Error("no map");
  const [a, list] = root.entries;
  expect(a).toMatchObject({
    key: "a",
    keyPlace: { line: 1, column: 1 },
    value: { kind: "scalar", value: 1, line: 1, column: 4 },
  });
  if (list?.value.kind !== "list") throw new Error("no list");
  expect(list.value.items.map(formatPosition)).toEqual(["f.yaml:3:5", "f.yaml:4:5"]);
});

test("scalars are read by YAML 1.2's core schema", () => {
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

test("an empty text is an empty root", () => {
  expect(rootOf("")).toMatchObject({ kind: "scalar", value: null, line: 1, column: 1 });
  expect(rootOf("# only a comment\n")).toMatchObject({ kind: "scalar", value: null });
});

test("all syntax problems are given at once, each with its place", () => {
  const problems = problemsOf("a: b: c\nd: 1\nd: 2\ne: 'open\n");
  expect(problems).toHaveLength(3);
  expect(problems.join("\n")).toMatch(/f\.yaml:1:4: /);
  expect(problems.join("\n")).toContain('f.yaml:3:1: "d" is given twice (first on line 2)');
  expect(problems.join("\n")).toMatch(/Missing closing 'quote/);
});

test.each([
  ["a second document", "a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here"],
  ["an alias", "a: &x 1\nb: *x\n", "f.yaml:2:4: aliases (*name) are not supported"],
  ["a tag of its own", "a: !!binary aGVsbG8=\n", "f.yaml:1:4: Unresolved tag"],
  ["a key that is a number", "1: x\n", "f.yaml:1:1: this key is no text"],
  ["a key that is a list", "? [a]\n: 1\n", "f.yaml:1:3: this key is no text"],
])("%s is refused", (_, text, expected) => {
  expect(problemsOf(text).join("\n")).toContain(expected);
});

test("an alias bomb is refused without being expanded", () => {
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

test("size and depth are bounded, however the depth is made", () => {
  expect(problemsOf("#".repeat(MAX_BYTES + 1))).toEqual([
    "f.yaml:1:1: the file is larger than 256 KiB; split it or remove what is not needed",
  ]);
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  expect(problemsOf(nested(MAX_DEPTH))).toEqual([]);
  // Deep enough to end the process of a parser that follows it by recursion.
  const deep = 20_000;
  for (const text of [
    nested(MAX_DEPTH + 1),
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

describe("documents of others", () => {
  test("all of them, with aliases, as plain values", () => {
    expect(parseDocuments("a: &x [1]\nb: *x\n---\n# nothing\n---\nc: two\n")).toEqual([
      { a: [1], b: [1] },
      null,
      { c: "two" },
    ]);
  });

  test("what is wrong is told with its line; depth and aliases are bounded", () => {
    expect(() => parseDocuments("a: 1\nb: [")).toThrow(/^line 2: /);
    expect(() => parseDocuments("[".repeat(MAX_DEPTH + 5))).toThrow("nested more than");
    const bomb = [
      "a0: &a0 [x, x]",
      ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`),
    ].join("\n");
    expect(() => parseDocuments(bomb)).toThrow();
  });
});
