/** Tests a clause on its own test node and converts everything that the test throws to a verdict. */
import { messageOf } from "../../core/errors.ts";
import { CommandError } from "../../core/shell.ts";
import type { Invocation } from "../../cni/index.ts";
import type { Clause } from "../clauses/clause.ts";
import { Deviation, NotApplicable, Skip } from "../clauses/demand.ts";
import type { Step } from "../node/recorder.ts";
import { ClauseContext, type ContextOptions } from "../clauses/clause-context.ts";

export type Verdict =
  | { readonly status: "pass" }
  /** `applicable`: the skip leaves the verdict on the plugin open. */
  | { readonly status: "skip"; readonly reason: string; readonly applicable: boolean }
  | {
      readonly status: "fail";
      readonly expected: string;
      readonly got: string;
      readonly evidence: readonly string[];
      readonly call: Invocation | null;
      /** The commands of another test, in which the deviation was observed; null: those of the test. */
      readonly steps: readonly Step[] | null;
    }
  /** The test itself failed: a bug in cnibench. */
  | { readonly status: "error"; readonly reason: string };

export interface TestResult {
  readonly clause: Clause;
  readonly verdict: Verdict;
  /** All plugin calls of the test. */
  readonly calls: readonly Invocation[];
  /** All commands of the test that may have changed the node, plugin calls included. */
  readonly steps: readonly Step[];
}

/** @throws EnvironmentError when no test node can be created; the reason of the signal when aborted */
export async function testClause(clause: Clause, options: ContextOptions): Promise<TestResult> {
  const context = await ClauseContext.open(options);
  try {
    const verdict = await judge(clause, context);
    const steps = (verdict.status === "fail" ? verdict.steps : null) ?? [...context.testNode.steps];
    return { clause, verdict, calls: context.calls, steps };
  } finally {
    await context.close();
    options.signal.throwIfAborted();
  }
}

async function judge(clause: Clause, context: ClauseContext): Promise<Verdict> {
  try {
    await clause.test(context);
    return { status: "pass" };
  } catch (error) {
    if (error instanceof Skip)
      return { status: "skip", reason: error.message, applicable: !(error instanceof NotApplicable) };
    if (error instanceof Deviation) {
      const { expected, got, evidence } = error;
      const call = error.call ?? borrowedCall(context);
      const steps = call && context.observer.stepsOf(call);
      return { status: "fail", expected, got, evidence, call, steps };
    }
    if (error instanceof CommandError && !(await context.testNode.isIntact())) {
      return {
        status: "fail",
        expected: "a node and containers that can still be entered after the operation",
        got: error.message,
        evidence: [],
        call: null,
        steps: null,
      };
    }
    return { status: "error", reason: messageOf(error) };
  }
}

/** The last call of another test, if the test itself made none and judges what the other one observed. */
function borrowedCall({ calls, testNode }: ClauseContext): Invocation | null {
  return testNode.isUnused() ? (calls.at(-1) ?? null) : null;
}
