/** How an execution ends: exit codes, crashes, time limits, remaining processes. */
import { errorObject, type Invocation } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import { parseObject, describeCall } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import { demand } from "./demand.ts";
import { injectFailures, fuzzOperations, type InjectedCall } from "./failure-injection.ts";
import { inspect } from "../node/recorder.ts";
import type { ClauseContext } from "./clause-context.ts";

/** Runs the operations of the version on one attachment, in order. @returns the calls; ADD only, if ADD fails */
export async function runLifecycle(context: ClauseContext): Promise<readonly Invocation[]> {
  const start = context.calls.length;
  const target = await context.createContainer();
  const added = await context.tryAdd(target);
  const { attached } = added;
  if (added.ok && context.canCheck(attached)) await context.check(attached);
  if (added.ok && context.atLeast("1.1.0")) {
    await context.status();
    await context.gc([attached]);
  }
  if (added.ok) await context.del(attached);
  return context.calls.slice(start);
}

async function exitsWithZeroOnSuccess(context: ClauseContext): Promise<void> {
  for (const call of await runLifecycle(context)) {
    demand(succeeded(call.output), `${call.command} to exit with code 0`, describeCall(call));
    demand(
      errorObject(call.output.stdout) === null,
      `no error object from ${call.command} with exit code 0`,
      call.output.stdout.slice(0, 200),
    );
  }
}

async function exitsWithNonZeroOnFailure(context: ClauseContext): Promise<void> {
  for (const { what, call } of await injectFailures(context)) {
    demand(!succeeded(call.output), `a non-zero exit code for ${what}`, "exit code 0", call);
    const printed = parseObject(call.output.stdout);
    demand(
      printed?.ips === undefined && printed?.ip4 === undefined,
      `no result with a non-zero exit code (${what})`,
      call.output.stdout.slice(0, 200),
      call,
    );
  }
}

/** Signs of a crash in common languages; the last alternative matches a JavaScript stack trace. */
const STACK_TRACE = /panic:|Traceback|SIGSEGV|^\s+at .+:\d+:\d+\)?$/m;

/** @throws Deviation when the execution crashed or did not end. */
export function demandNoCrash({ what, call }: Pick<InjectedCall, "what" | "call">): void {
  const { exitCode, stdout, stderr, ended } = call.output;
  demand(ended === null, `${what} to end`, describeCall(call), call);
  demand(exitCode !== null && exitCode < 128, `no termination by a signal (${what})`, describeCall(call), call);
  demand(
    exitCode !== 2 || stdout !== "",
    `no runtime fault (${what})`,
    `exit code 2 without output: ${stderr.slice(0, 200)}`,
    call,
  );
  demand(!STACK_TRACE.test(stderr), `no stack trace (${what})`, stderr.slice(0, 300), call);
}

async function neverCrashes(context: ClauseContext): Promise<void> {
  for (const injected of [...(await injectFailures(context)), ...(await fuzzOperations(context))])
    demandNoCrash(injected);
}

async function endsInTime(context: ClauseContext): Promise<void> {
  for (const call of await runLifecycle(context))
    demand(
      call.output.ended !== "timeout",
      `${call.command} to end within ${context.underTest.operationLimit} s`,
      describeCall(call),
    );
}

const PROCESSES_SCRIPT = "for d in /proc/[0-9]*; do read -r c <$d/comm && echo ${d#/proc/} $c; done 2>/dev/null; true";

/** ID and name of every process on the node, except the shells that set up the node and read this list. */
export async function listProcesses(context: ClauseContext): Promise<readonly string[]> {
  return (await inspect(context.testNode.shell, PROCESSES_SCRIPT))
    .split("\n")
    .filter((line) => line !== "" && !/ sh$/.test(line));
}

async function leavesNoProcess(context: ClauseContext): Promise<void> {
  const before = await listProcesses(context);
  await runLifecycle(context);
  const left = (await listProcesses(context)).filter((line) => !before.includes(line));
  demand(left.length === 0, "no remaining process after the last operation", left.join(", "));
}

export const exit = [
  {
    id: "env.exit.success",
    judgesFailingAdd: true,
    level: "MUST",
    section: "2-Errors",
    sentence: "A successful operation exits with code 0 and prints no error object.",
    test: exitsWithZeroOnSuccess,
  },
  {
    id: "env.exit.failure",
    level: "MUST",
    needsAdd: false,
    goSkeleton: { got: /^exit code 0$/ },
    section: "2-Errors",
    sentence: "A failed operation exits with a non-zero code and prints no result.",
    test: exitsWithNonZeroOnFailure,
  },
  {
    id: "env.nocrash",
    level: "derived",
    needsAdd: false,
    section: "2-Errors",
    sentence: "No input makes the plugin crash or hang.",
    test: neverCrashes,
  },
  {
    id: "env.timeout",
    level: "beyond",
    section: "-",
    sentence: "Every operation ends within the time limit.",
    test: endsInTime,
  },
  {
    id: "env.detached",
    level: "beyond",
    section: "-",
    sentence: "No process of the plugin remains after an operation ends.",
    test: leavesNoProcess,
  },
] as const satisfies readonly Clause[];
