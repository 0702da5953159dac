import { expect, test } from "vitest";
import type { Clause } from "../../../conformance/clauses/clause.ts";
import { shareRow, toClauseResult, type ResultContext } from "../../../conformance/session/convert-result.ts";
import type { Verdict } from "../../../conformance/session/test-clause.ts";

const CLAUSE: Clause = {
  id: "a.b",
  level: "MUST",
  earlier: { before: "1.0.0", level: "SHOULD" },
  section: "2-ADD",
  sentence: "ADD creates a link.",
  goSkeleton: { got: /^exit code 0$/ },
  test: () => Promise.resolve(),
};
const FAILURE: Verdict = {
  status: "fail",
  expected: "a link",
  got: "exit code 0",
  evidence: ["+ x"],
  call: null,
  steps: null,
};

function convert(verdict: Verdict, context: Partial<ResultContext> = {}): ReturnType<typeof toClauseResult> {
  const steps = [{ argv: ["ip", "link"], stdin: "", env: {}, start: 0, end: null, output: null }];
  const tested = { clause: CLAUSE, verdict, calls: [], steps };
  return toClauseResult(tested, { version: "1.0.0", known: [], binaries: null, ...context });
}

const BASE = { clause: "a.b", section: "2-ADD", sentence: "ADD creates a link.", level: "MUST", specVersion: "1.0.0" };

test("a passed clause has its sentence as message, and the level of the version", () => {
  expect(convert({ status: "pass" })).toEqual({ ...BASE, status: "pass", message: "ADD creates a link." });
  expect(convert({ status: "pass" }, { version: "0.4.0" })).toMatchObject({ level: "SHOULD", specVersion: "0.4.0" });
});

test("a skip has its reason, and whether it leaves the verdict open", () => {
  const skip = { status: "skip", reason: "no kernel module" } as const;
  const result = { ...BASE, status: "skip", message: "no kernel module" };
  expect(convert({ ...skip, applicable: true })).toEqual(result);
  expect(convert({ ...skip, applicable: false })).toEqual({ ...result, notApplicable: true });
});

test("a failure has evidence and the commands that reproduce it", () => {
  expect(convert(FAILURE)).toEqual({
    ...BASE,
    status: "fail",
    message: "expected a link; got exit code 0",
    expected: "a link",
    got: "exit code 0",
    evidence: ["+ x"],
    reproduce: "ip link",
    goSkeleton: true,
  });
  expect(convert({ ...FAILURE, got: "exit code 1" })).not.toHaveProperty("goSkeleton");
});

test("a deviation is known in all versions, or in those of the profile", () => {
  const known = { clause: "a.b", versions: [], reason: "a bug" };
  const message = "expected a link; got exit code 0 (known: a bug)";
  expect(convert(FAILURE, { known: [known] })).toMatchObject({ status: "known", message });
  expect(convert(FAILURE, { known: [{ ...known, versions: ["0.4.0"] }] })).toMatchObject({ status: "fail" });
  expect(convert(FAILURE, { known: [{ ...known, clause: "a.c" }] })).toMatchObject({ status: "fail" });
});

test("a test that failed to run is a skip that leaves the verdict open", () => {
  expect(convert({ status: "error", reason: "a bug in cnibench" })).toEqual({
    ...BASE,
    status: "skip",
    message: "the test failed: a bug in cnibench",
  });
});

test("a version in which the clause was not tested has the result of another one, and its own level", () => {
  const tested = { plugin: "p", ...convert(FAILURE) };
  expect(tested).not.toHaveProperty("testedIn");
  expect(shareRow(tested, CLAUSE, "0.4.0")).toEqual({
    ...tested,
    ...{ level: "SHOULD", specVersion: "0.4.0", testedIn: "1.0.0" },
  });
});
