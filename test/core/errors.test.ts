/** How problems are formatted and reported. */
import { expect, test } from "vitest";
import { EnvironmentError, formatProblem, requireNoProblems } from "../../core/errors.ts";

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
