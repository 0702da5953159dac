import { expect, test } from "vitest";
import { UsageErrors } from "../../../core/errors.ts";
import { Problems, quote, unknownName } from "../../../core/validation/problems.ts";

const at = (line: number, column: number) => ({ file: "f.yaml", line, column });

test("problems are listed in file order, or thrown in the order in which they were found", () => {
  const problems = new Problems();
  expect(() => problems.throwIfFound()).not.toThrow();
  problems.add(at(10, 1), "c");
  problems.add(at(2, 9), "b");
  problems.add(at(2, 1), "a");
  expect(problems.inFileOrder()).toEqual(["f.yaml:2:1: a", "f.yaml:2:9: b", "f.yaml:10:1: c"]);
  expect(() => problems.throwIfFound()).toThrow(new UsageErrors(["f.yaml:10:1: c", "f.yaml:2:9: b", "f.yaml:2:1: a"]));
});

test("a list in file order is limited", () => {
  const problems = new Problems();
  for (let line = 1; line <= 103; line++) problems.add(at(line, 1), "x");
  expect(problems.inFileOrder()).toHaveLength(101);
  expect(problems.inFileOrder().at(-1)).toBe("and 3 more problems; fix the first ones and try again");
});

test("control characters never reach a message", () => {
  const problems = new Problems();
  problems.add(at(1, 1), "a \u001b[31m");
  expect(problems.inFileOrder()).toEqual(["f.yaml:1:1: a \ufffd[31m"]);
});

test.each([
  ["tcp", '"tcp"'],
  ["two\n lines", '"two lines"'],
  ["x".repeat(61), `"${"x".repeat(60)}..."`],
])("quote(%j)", (text, quoted) => {
  expect(quote(text)).toBe(quoted);
});

test("unknown names are reported with a suggestion and the known names", () => {
  expect(unknownName("path", "same-nod", ["same-node", "host"])).toBe(
    'unknown path "same-nod" (did you mean "same-node"?); known: same-node, host',
  );
  expect(unknownName("key", "x".repeat(101), ["x".repeat(100)], " in the suite")).not.toContain("did you mean");
  expect(unknownName("key", "a", [])).toBe('unknown key "a"; known: none');
});
