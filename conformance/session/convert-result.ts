/** Converts the result of a test to the stored result of a clause. */
import type { SpecVersion } from "../../cni/index.ts";
import type { ClauseResult, ConformanceRow } from "../../results/index.ts";
import { type Clause, isGoSkeletonFailure, levelAt } from "../clauses/clause.ts";
import type { KnownDeviation } from "../under-test/profile.ts";
import { reproduce, type PluginBinaries } from "./reproduce.ts";
import type { TestResult, Verdict } from "./test-clause.ts";

export interface ResultContext {
  readonly version: SpecVersion;
  /** Known deviations of the plugin. */
  readonly known: readonly KnownDeviation[];
  /** Binaries of the plugins on this machine; null when the node is elsewhere. */
  readonly binaries: PluginBinaries | null;
}

type Failure = Extract<Verdict, { status: "fail" }>;
type FailureFacts = Omit<ClauseResult, "clause" | "section" | "sentence" | "level" | "specVersion" | "testedIn">;

/** A test that could not be completed is a skip, which leaves the verdict on the plugin open. */
export function toClauseResult(result: TestResult, context: ResultContext): ClauseResult {
  const { clause, verdict } = result;
  const { version } = context;
  const { id, section, sentence } = clause;
  const base = { clause: id, section, sentence, level: levelAt(clause, version), specVersion: version };
  switch (verdict.status) {
    case "pass":
      return { ...base, status: "pass", message: sentence };
    case "skip":
      return {
        ...base,
        status: "skip",
        message: verdict.reason,
        ...(!verdict.applicable && { notApplicable: true as const }),
      };
    case "error":
      return { ...base, status: "skip", message: `the test failed: ${verdict.reason}` };
    case "fail":
      return { ...base, ...failureFacts(result, verdict, context) };
  }
}

/** The row of a version for a clause that was tested in another one. @param tested the row of that version */
export function shareRow(tested: ConformanceRow, clause: Clause, version: SpecVersion): ConformanceRow {
  return { ...tested, level: levelAt(clause, version), specVersion: version, testedIn: tested.specVersion };
}

function failureFacts(
  { clause, steps }: TestResult,
  { expected, got, evidence, call }: Failure,
  { version, known, binaries }: ResultContext,
): FailureFacts {
  const reason = known.find(
    (deviation) =>
      deviation.clause === clause.id && (deviation.versions.length === 0 || deviation.versions.includes(version)),
  )?.reason;
  return {
    status: reason === undefined ? "fail" : "known",
    message: `expected ${expected}; got ${got}${reason === undefined ? "" : ` (known: ${reason})`}`,
    reproduce: reproduce(steps, call, binaries),
    expected,
    got,
    evidence,
    ...(isGoSkeletonFailure(clause, version, got) && { goSkeleton: true as const }),
  };
}
