/** How problems are formatted. */
import { expect, test } from "vitest";
import { formatProblem } from "../../core/errors.ts";

test("a fix follows its problem", () => {
  expect(formatProblem({ message: "jq not found", fix: "cnibench setup" })).toBe("jq not found; fix: cnibench setup");
});

test.each([{ message: "jq not found" }, { message: "jq not found", fix: "" }])(
  "a problem without a fix is the message alone: %o",
  (problem) => {
    expect(formatProblem(problem)).toBe("jq not found");
  },
);
