/** The result of a benchmark: met, missed or not measured. */
import { expect, test } from "vitest";
import { exitCodeOf, notMeasured, targetResult, toMarkdown } from "../../bench/benchmark.ts";

const unmeasured = notMeasured("kind", "at most 5 s", [
  { message: "docker not found", fix: "https://docs.docker.com" },
  { message: "kind 0.11 is too old" },
]);

test("a target is met or missed", () => {
  const benchmark = { name: "lab", rows: [["median", "600.00 ms"]], target: "under 500 ms" } as const;
  expect(toMarkdown({ ...benchmark, result: targetResult(false) })).toBe(
    "## lab\n\n| | |\n|---|---|\n| median | 600.00 ms |\n\nTarget: under 500 ms: MISSED.",
  );
  expect(toMarkdown({ ...benchmark, result: targetResult(true) })).toMatch(/: met\.$/);
});

test("a benchmark that cannot run is not measured, with all reasons and without a table", () => {
  expect(toMarkdown(unmeasured)).toBe(
    "## kind\n\nTarget: at most 5 s: " +
      "not measured (docker not found; see https://docs.docker.com; kind 0.11 is too old).",
  );
});

test("only missed targets fail; those not measured count neither as met nor as missed", () => {
  expect(exitCodeOf([])).toBe(0);
  expect(exitCodeOf(["met", unmeasured.result])).toBe(0);
  expect(exitCodeOf([unmeasured.result])).toBe(0);
  expect(exitCodeOf(["met", "missed", unmeasured.result])).toBe(1);
});
