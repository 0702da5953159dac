/** The environment: optional parameters, and values that are not meant for the plugin. */
import { run, succeeded } from "../../core/shell.ts";
import { reportedError, describeCall } from "./call-output.ts";
import { withResult } from "./with-result.ts";
import type { Clause } from "./clause.ts";
import { demand, skipUnless } from "./demand.ts";
import { envPath } from "./env-path.ts";
import { installFakeIpam } from "./fake-ipam.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { Overrides } from "./attachment.ts";
import { withNetns, attachmentOperations } from "./operations.ts";

const OPTIONAL = "2-Optional parameters";
const BEYOND = { level: "beyond", section: "-" } as const;

/**
 * Demands that ADD, CHECK and DEL of the plugin alone succeed with a changed environment. A delegating plugin is tested
 * with a fake IPAM plugin, because a real one may not accept the environment.
 */
export async function demandSuccess(
  context: ClauseContext,
  description: string,
  env: NonNullable<Overrides["env"]>,
): Promise<void> {
  const tested = context.underTest.kinds.includes("delegating") ? (await installFakeIpam(context)).context : context;
  let attachment = await tested.createContainer();
  for (const operation of attachmentOperations(context)) {
    if (operation === "CHECK" && attachment.discarded !== undefined) continue;
    const call = await tested.invokeTarget(operation, attachment, { env });
    if (!succeeded(call.output)) {
      // A plugin that also fails without the change is judged by other clauses.
      const control = operation === "ADD" ? await tested.createContainer() : attachment;
      const { output } = await tested.invokeTarget(operation, control);
      skipUnless(succeeded(output), `${operation} fails: ${describeCall(call)}`);
    }
    demand(succeeded(call.output), `${operation} with ${description} to succeed`, describeCall(call));
    // Before 0.4.0, the runtime passes no prevResult to DEL.
    if (operation === "ADD" && context.atLeast("0.4.0")) attachment = withResult(attachment, call);
  }
}

async function allowsMissingArgs(context: ClauseContext): Promise<void> {
  for (const value of [undefined, ""])
    await demandSuccess(context, `CNI_ARGS ${value === undefined ? "unset" : "empty"}`, { CNI_ARGS: value });
}

async function handlesMalformedArgs(context: ClauseContext): Promise<void> {
  for (const value of ["x", "=;=", "A=B=C"]) {
    const call = await context.invokeTarget("ADD", await context.createContainer(), { env: { CNI_ARGS: value } });
    demand(
      succeeded(call.output) || reportedError(call) !== null,
      `success or an error object for CNI_ARGS="${value}"`,
      describeCall(call),
    );
  }
}

async function ignoresOtherVariables(context: ClauseContext): Promise<void> {
  const unrelated = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`CNIBENCH_${i}`, String(i)]));
  await demandSuccess(context, "unknown variables", { CNI_FOO: "1", CNI_VERSION: "0.1.0", ...unrelated });
}

/** Starts a process in a namespace and prints its process ID. */
const START_PROCESS_IN_NETNS = `nsenter --net="$1" sleep 60 >/dev/null 2>&1 & echo $!`;

async function acceptsProcPath(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const start = ["sh", "-c", START_PROCESS_IN_NETNS, "sh", target.container.netns];
  const netns = `/proc/${(await run(context.testNode.shell, start)).trim()}/ns/net`;
  const { ok, last } = await context.tryAdd(withNetns(target, netns));
  demand(ok, `ADD with CNI_NETNS=${netns} to succeed`, describeCall(last));
  const hasSandbox = context.atLeast("0.3.0") && context.underTest.kinds.includes("interface");
  demand(
    !hasSandbox || last.output.stdout.includes(`"${netns}"`),
    `${netns} as the sandbox in the result`,
    "a different path",
  );
}

async function acceptsLongId(context: ClauseContext): Promise<void> {
  for (const length of [128, 253]) {
    const target = await context.createContainer();
    const env = { CNI_CONTAINERID: "a".repeat(length) };
    const call = await context.invokeTarget("ADD", target, { env });
    demand(
      succeeded(call.output) || reportedError(call)?.code === 4,
      `ADD to accept a container ID of ${length} bytes, or code 4`,
      describeCall(call),
    );
    if (!succeeded(call.output)) continue;
    const deleted = await context.invokeTarget("DEL", target, { env });
    demand(succeeded(deleted.output), `DEL with a container ID of ${length} bytes to succeed`, describeCall(deleted));
  }
}

export const envOptional = [
  {
    ...BEYOND,
    id: "env.containerid.long",
    since: "1.0.0",
    sentence: "The plugin accepts a long container ID or rejects it with code 4.",
    test: acceptsLongId,
  },
  ...envPath,
  {
    id: "env.args.optional",
    level: "MUST",
    since: "1.0.0",
    section: OPTIONAL,
    sentence: "ADD, CHECK, and DEL succeed when CNI_ARGS is unset or empty.",
    test: allowsMissingArgs,
  },
  {
    id: "env.args.unconsumed",
    level: "SHOULD",
    section: "2-Parameters",
    sentence: "ADD, CHECK, and DEL accept CNI_ARGS that are meant for other plugins.",
    test: (context) => demandSuccess(context, "CNI_ARGS=FOO=BAR;ABC=123", { CNI_ARGS: "FOO=BAR;ABC=123" }),
  },
  {
    id: "env.args.ignoreunknown",
    level: "beyond",
    section: "libcni",
    sentence: "With IgnoreUnknown=1 in CNI_ARGS, the plugin ignores unknown keys.",
    test: (context) =>
      demandSuccess(context, "CNI_ARGS=IgnoreUnknown=1;FOO=BAR", { CNI_ARGS: "IgnoreUnknown=1;FOO=BAR" }),
  },
  {
    ...BEYOND,
    id: "env.args.malformed",
    sentence: "The plugin accepts malformed CNI_ARGS or rejects them with an error object.",
    test: handlesMalformedArgs,
  },
  {
    ...BEYOND,
    id: "env.extra",
    sentence: "The plugin ignores other environment variables, including those that begin with CNI_.",
    test: ignoresOtherVariables,
  },
  {
    id: "env.netns.proc",
    level: "derived",
    kinds: ["interface", "chained"],
    section: "0.4.0 Parameters",
    sentence: "ADD accepts /proc/PID/ns/net as CNI_NETNS and returns it as the sandbox.",
    test: acceptsProcPath,
  },
] as const satisfies readonly Clause[];
