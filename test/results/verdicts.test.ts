import { expect, test } from "vitest";
import { versionVerdicts, verdictOf } from "../../results/verdicts.ts";
import type { ConformanceRow } from "../../results/clause-result.ts";
import { sampleConformance } from "../helpers/sample-conformance.ts";

const row = (more: Partial<ConformanceRow>): ConformanceRow => ({
  ...{
    plugin: "p",
    clause: "x",
    section: "",
    sentence: "",
    level: "MUST",
    specVersion: "1.0.0",
    status: "pass",
    message: "",
  },
  ...more,
});

test("a skipped MUST leaves the verdict open, unless it does not apply to the plugin", () => {
  expect(verdictOf([row({}), row({ status: "skip" })], "1.0.0")).toBe("not tested");
  expect(verdictOf([row({}), row({ status: "skip", notApplicable: true })], "1.0.0")).toBe("conformant");
  expect(verdictOf([row({}), row({ status: "fail", level: "SHOULD" })], "1.0.0")).toBe("conformant");
  expect(verdictOf([row({ status: "fail", level: "derived" })], "1.0.0")).toBe("not conformant");
  expect(verdictOf([row({})], "0.4.0")).toBe("not tested");
});

test("known deviations count; deviations of the Go skeleton are only ignored in the second verdict", () => {
  expect(verdictOf([row({ status: "known" })], "1.0.0", { withoutGoSkeleton: true })).toBe("not conformant");
  const shared = [row({}), row({ status: "fail", goSkeleton: true })];
  expect([verdictOf(shared, "1.0.0"), verdictOf(shared, "1.0.0", { withoutGoSkeleton: true })]).toEqual([
    "not conformant",
    "conformant",
  ]);
});

test("versionVerdicts counts every row once", () => {
  const [old, current] = versionVerdicts(sampleConformance().conformance);
  expect(current).toEqual({
    ...{ plugin: "bridge", specVersion: "1.0.0", verdict: "not conformant", withoutGoSkeleton: "not conformant" },
    ...{ passed: 1, failed: 2, failedShould: 1, failedBeyond: 1, known: 1, skipped: 1 },
  });
  expect(old).toMatchObject({ specVersion: "0.4.0", passed: 2, failed: 1 });
});

test("a selection never makes a plugin conformant", () => {
  const only = "a.*";
  expect(verdictOf([row({})], "1.0.0", { only })).toBe("selection passed");
  expect(verdictOf([row({ status: "fail", level: "SHOULD" })], "1.0.0", { only })).toBe("selection passed");
  expect(verdictOf([row({ status: "skip" })], "1.0.0", { only })).toBe("not tested");
  expect(verdictOf([row({ status: "fail" })], "1.0.0", { only })).toBe("not conformant");
  expect(verdictOf([row({ status: "fail", goSkeleton: true })], "1.0.0", { only, withoutGoSkeleton: true })).toBe(
    "selection passed",
  );
  expect(versionVerdicts([row({})], only)).toMatchObject([{ verdict: "selection passed" }]);
});
