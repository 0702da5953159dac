/** How problems are formatted and reported. */
import { expect, test } from "vitest";
import { EnvironmentError, formatProblem, printable, printableLine, requireNoProblems } from "../../core/errors.ts";

test("a fix follows its problem", () => {
  expect(formatProblem({ message: "jq not found", fix: "cnibench setup" })).toBe("jq not found; fix: cnibench setup");
});

test.each([{ message: "jq not found" }, { message: "jq not found", fix: "" }])(
  "a problem without a fix is the message alone: %o",
  (problem) => {
    expect(formatProblem(problem)).toBe("jq not found");
  },
);

test("all problems are reported at once, one per line", () => {
  const problems = [{ message: "no A", fix: "get A" }, { message: "no B" }];
  expect(() => requireNoProblems(problems)).toThrow(new EnvironmentError("no A; fix: get A\nno B"));
  expect(() => requireNoProblems([])).not.toThrow();
});

test.each([
  ["first\n::error::second", "first\n: :error::second"],
  ["  ::add-mask::x", "  : :add-mask::x"],
  ["\u00a0\t::Error file=a,line=1::x", "\u00a0\t: :Error file=a,line=1::x"],
  ["a ##[error]b ##vso[task.complete]", "a ## [error]b ## vso[task.complete]"],
  ["a ::error::b", "a ::error::b"],
  ["::1 dev lo\n::ffff:1.2.3.4 via fe80::1\n::\n# [x] ## y", "::1 dev lo\n::ffff:1.2.3.4 via fe80::1\n::\n# [x] ## y"],
  ["a\u001b[31m\r\u202eb", "a\ufffd[31m\ufffd\ufffdb"],
])("printable text contains no workflow command or control character: %j", (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("a text of several lines becomes one line, with single spaces between them", () => {
  expect(printableLine("a  \n\n  b\n::error::c")).toBe("a b ::error::c");
  expect(printableLine("  a  ")).toBe("  a  ");
});

/** With a search that is quadratic in the length, one of these takes minutes. */
test.for([
  ["line separators", "\u2028"],
  ["spaces", " "],
  ["colons", ":"],
])("long runs of %s are printed in time", { timeout: 5000 }, ([, character]) => {
  const text = `a${(character ?? "").repeat(1_000_000)}b`;
  expect(printableLine(text)).toHaveLength(text.length);
});
