/** Runs clauses against a plugin: each in surroundings of its own, and nothing that a test throws gets out. */
import { CommandError, messageOf } from "../../core/errors.ts";
import type { Invocation } from "../../cni/types.ts";
import { Deviation, NotApplicable, Skip, type Clause } from "./clause.ts";
import type { Step } from "./recorder.ts";
import { ClauseContext, type ContextOptions } from "./clause-context.ts";

export type Verdict =
  | { readonly status: "pass" }
  /** `applicable`: the verdict on the plugin waits for it. */
  | { readonly status: "skip"; readonly reason: string; readonly applicable: boolean }
  | {
      readonly status: "fail";
      readonly expected: string;
      readonly got: string;
      readonly evidence: readonly string[];
      readonly call: Invocation | null;
    }
  /** Neither the plugin's fault nor the machine's: ours. */
  | { readonly status: "error"; readonly reason: string };

export interface ClauseResult {
  readonly clause: Clause;
  readonly verdict: Verdict;
  /** Everything that was executed for it. */
  readonly calls: readonly Invocation[];
  /** The same with everything else that was done to the node. */
  readonly steps: readonly Step[];
}

/** @throws EnvironmentError when no surroundings can be made; the signal's reason when aborted. */
export async function testClause(clause: Clause, options: ContextOptions): Promise<ClauseResult> {
  const trial = await ClauseContext.open(options);
  try {
    return { clause, verdict: await judge(clause, trial), calls: trial.calls, steps: trial.testNode.steps };
  } finally {
    await trial.close();
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
    if (error instanceof Deviation)
      return { status: "fail", expected: error.expected, got: error.got, evidence: error.evidence, call: error.call };
    if (error instanceof CommandError && !(await context.testNode.isIntact())) {
      return {
        status: "fail",
        expected: "a node and containers that can still be entered after the operation",
        got: error.message,
        evidence: [],
        call: null,
      };
    }
    return { status: "error", reason: messageOf(error) };
  }
}
