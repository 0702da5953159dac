/**
 * Rules for every execution of the plugin under test, in the tests of all clauses of a version. Each is reported once,
 * with the first evidence.
 */
import { type Clause, withSharedFacts } from "./clause.ts";
import { Deviation } from "./demand.ts";
import { SKELETON_ERROR, type ExecutionRule } from "./execution-observer.ts";
import { runLifecycle } from "./exit.ts";
import { injectFailures } from "./failure-injection.ts";
import { attachmentOperations } from "./operations.ts";
import type { ClauseContext } from "./clause-context.ts";

/** Executes the plugin successfully, with invalid input, and without the prevResult that chained plugins require. */
async function exerciseOperations(context: ClauseContext): Promise<void> {
  await runLifecycle(context);
  await injectFailures(context);
  const target = await context.createContainer();
  for (const operation of attachmentOperations(context))
    await context.invokeTarget(operation, target, { prevResult: null });
  await context.observer.observeFiles(context.testNode);
}

/** A clause about a rule; tests report the worst violation by any execution of a version. */
function clauseOf(rule: ExecutionRule, facts: Omit<Clause, "id" | "test">): Clause {
  return { id: `exec.${rule}`, ...facts, test: (context) => obeys(context, rule) };
}

async function obeys(context: ClauseContext, rule: ExecutionRule): Promise<void> {
  const { observer } = context;
  if (observer.violation(rule) === null) await observer.once("exercise", () => exerciseOperations(context));
  const violation = observer.violation(rule);
  if (violation !== null) throw new Deviation(violation.expected, violation.got, [], violation.call);
}

export const execution = withSharedFacts({ needsAdd: false, judgesAll: true }, [
  clauseOf("status", {
    level: "MUST",
    section: "2-Errors",
    sentence: "Every execution exits with code 0 and no error object, or with another code and no result.",
  }),
  clauseOf("output", {
    level: "derived",
    section: "5",
    sentence: "Every successful ADD, CHECK, GC, and VERSION prints one JSON object or nothing.",
  }),
  clauseOf("error", {
    level: "SHOULD",
    earlier: { before: "1.0.0", level: "MUST" },
    goSkeleton: { got: SKELETON_ERROR },
    section: "5-Error",
    sentence: "Every failed execution prints an error object with cniVersion, code, and msg.",
  }),
  clauseOf("crash", {
    level: "derived",
    section: "2-Errors",
    sentence: "No execution ends by a signal, or with an uncaught error in place of an error object.",
  }),
  clauseOf("pipe", {
    level: "derived",
    section: "2-Errors",
    sentence: "No process keeps standard output or standard error open after an execution.",
  }),
  clauseOf("process", {
    level: "beyond",
    section: "-",
    sentence: "Every execution ends in time and leaves no process in its process group.",
  }),
  clauseOf("files", {
    level: "beyond",
    section: "FHS 3.0",
    sentence: "No execution changes static files of the node, or leaves temporary files that are not configured.",
  }),
]);
