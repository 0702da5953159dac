/** Standard output: exactly one JSON object, or nothing. */
import type { Invocation } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import type { Clause } from "./clause.ts";
import { demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, CallOutcome } from "./attachment.ts";
import { injectFailures, type InjectedCall } from "./failure-injection.ts";
import { describeCall, parseObject } from "./call-output.ts";

/** Reports whether the output is one object, with optional whitespace. A byte order mark is not whitespace in JSON. */
function isOneObject(stdout: string): boolean {
  return parseObject(stdout) !== null && !stdout.startsWith("\ufeff") && !stdout.includes("\ufffd");
}

function demandOneObject({ output }: Invocation): void {
  demand(
    isOneObject(output.stdout),
    "exactly one JSON object on standard output",
    JSON.stringify(output.stdout.slice(0, 300)),
  );
}

async function addPrintsOneObject(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.tryAdd(await context.createContainer());
  skipUnless(ok, `ADD fails: ${describeCall(last)}`);
  demandOneObject(last);
}

async function versionPrintsOneObject(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("VERSION", null);
  skipUnless(succeeded(call.output), `VERSION fails: ${describeCall(call)}`);
  demandOneObject(call);
}

async function printsNothing(
  context: ClauseContext,
  operation: (added: AddedAttachment) => Promise<CallOutcome>,
): Promise<void> {
  const { ok, last, calls } = await operation(await context.add());
  skipUnless(ok, `the operation fails: ${describeCall(last)}`);
  for (const { command, output } of calls)
    demand(
      output.stdout.trim() === "",
      `nothing on standard output of ${command}`,
      JSON.stringify(output.stdout.slice(0, 200)),
    );
}

/**
 * Judges the executions in which an injected failure makes the plugin fail; others are judged by env.exit.failure.
 * @param judge returns the deviation, or null
 */
export async function demandOfFailures(
  context: ClauseContext,
  expected: string,
  judge: (failure: InjectedCall) => string | null,
): Promise<void> {
  const failures = (await injectFailures(context)).filter(
    ({ call }) => !succeeded(call.output) && call.output.ended === null,
  );
  skipUnless(failures.length > 0, "no injected failure makes the plugin fail");
  for (const failure of failures) {
    const got = judge(failure);
    demand(got === null, `${expected} (${failure.what})`, got ?? "", failure.call);
  }
}

/** The beginning of standard output, or of standard error if there is none. */
export function outputOf({ output }: Invocation): string {
  return JSON.stringify((output.stdout || output.stderr).slice(0, 200));
}

async function failurePrintsOneObject(context: ClauseContext): Promise<void> {
  await demandOfFailures(context, "exactly one JSON object on standard output", ({ call }) =>
    isOneObject(call.output.stdout) ? null : outputOf(call),
  );
}

async function failurePrintsToStdout(context: ClauseContext): Promise<void> {
  await demandOfFailures(context, "the error object on standard output", ({ call }) =>
    call.output.stdout.trim() !== "" ? null : `nothing there; on standard error ${outputOf(call)}`,
  );
}

const OLD_MUST = { before: "1.0.0", level: "MUST" } as const;
const ERROR = "5-Error";

export const output = [
  {
    id: "out.add.onejson",
    level: "MUST",
    section: "5-ADD",
    sentence: "ADD prints exactly one JSON object.",
    test: addPrintsOneObject,
  },
  {
    id: "out.check.empty",
    level: "MUST",
    since: "0.4.0",
    needsChanges: true,
    section: "2-CHECK",
    sentence: "CHECK prints nothing on success.",
    test: (context) => printsNothing(context, (added) => context.check(added)),
  },
  {
    id: "out.del.empty",
    level: "beyond",
    section: "-",
    sentence: "DEL prints nothing on success.",
    test: (context) => printsNothing(context, (added) => context.del(added)),
  },
  {
    id: "out.gc.empty",
    level: "MUST",
    since: "1.1.0",
    section: "2-GC",
    sentence: "GC prints nothing on success.",
    test: (context) => printsNothing(context, (added) => context.gc([added])),
  },
  {
    id: "out.status.empty",
    level: "beyond",
    since: "1.1.0",
    section: "-",
    sentence: "STATUS prints nothing on success.",
    test: (context) => printsNothing(context, () => context.status()),
  },
  {
    id: "out.version.onejson",
    level: "MUST",
    since: "0.2.0",
    needsAdd: false,
    section: "5-VERSION",
    sentence: "VERSION prints exactly one JSON object.",
    test: versionPrintsOneObject,
  },
  {
    id: "out.error.onejson",
    level: "SHOULD",
    earlier: OLD_MUST,
    needsAdd: false,
    section: ERROR,
    sentence: "A failed operation prints exactly one JSON object.",
    test: failurePrintsOneObject,
  },
  {
    id: "out.error.stdout",
    level: "SHOULD",
    earlier: OLD_MUST,
    needsAdd: false,
    section: ERROR,
    sentence: "The plugin prints the error object to standard output, not to standard error.",
    test: failurePrintsToStdout,
  },
] as const satisfies readonly Clause[];
