/** Parameters that may be missing, and values that a plugin need not understand. */
import type { Invocation } from "../../../cni/types.ts";
import { run, succeeded } from "../../../core/shell.ts";
import { reportedError, parseObject, describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { installFakeIpam } from "../fake-ipam.ts";
import { withoutIpam } from "../network-variants.ts";
import type { Overrides, ClauseContext } from "../clause-context.ts";

const OPTIONAL = "2-Optional parameters";

/** ADD, CHECK where it exists, and DEL of the plugin alone with a changed environment, all of which must succeed. */
async function allSucceed(context: ClauseContext, what: string, env: NonNullable<Overrides["env"]>): Promise<void> {
  // What its IPAM plugin makes of the variables is no matter of this one.
  const own = context.underTest.kinds.includes("delegating") ? (await installFakeIpam(context)).context : context;
  let attachment = await own.createContainer();
  for (const operation of context.atLeast("0.4.0") ? (["ADD", "CHECK", "DEL"] as const) : (["ADD", "DEL"] as const)) {
    const call = await own.invokeTarget(operation, attachment, { env });
    // An operation that fails without the change too is judged elsewhere.
    if (!succeeded(call.output))
      skipUnless(
        succeeded(
          (await own.invokeTarget(operation, operation === "ADD" ? await own.createContainer() : attachment)).output,
        ),
        `${operation} does not work: ${describeCall(call)}`,
      );
    demand(succeeded(call.output), `${operation} with ${what} to succeed`, describeCall(call));
    // Before 0.4.0 a runtime hands no result on.
    if (operation === "ADD" && context.atLeast("0.4.0"))
      attachment = { ...attachment, raw: parseObject(call.output.stdout) };
  }
}

/** The same network where nothing is delegated, so that CNI_PATH is of no use. */
function withoutDelegation(context: ClauseContext): ClauseContext {
  return context.underTest.kinds.includes("delegating")
    ? context.withNetwork(withoutIpam(context.underTest.list))
    : context;
}

const NEEDS_IPAM = "the plugin needs an IPAM plugin, which is found by CNI_PATH";
const WITHOUT_PATH = { env: { CNI_PATH: undefined } } as const;

/** Whether the plugin says that it misses CNI_PATH. */
function mentionsPath(call: Invocation): boolean {
  return `${reportedError(call)?.msg ?? ""} ${call.output.stderr}`.includes("CNI_PATH");
}

/** Also of a plugin that refuses to work without IPAM, or whose ADD cannot work here: it must refuse for the same reason. */
async function refusesAlike(alone: ClauseContext): Promise<void> {
  const control = await alone.invokeTarget("ADD", await alone.createContainer());
  const call = await alone.invokeTarget("ADD", await alone.createContainer(), WITHOUT_PATH);
  demand(
    !mentionsPath(call) || mentionsPath(control),
    "ADD not to ask for CNI_PATH, for nothing is delegated",
    describeCall(call),
  );
}

async function needsNoPath(context: ClauseContext): Promise<void> {
  const alone = withoutDelegation(context);
  await refusesAlike(alone);
  notApplicableUnless(alone === context || context.underTest.layer2, NEEDS_IPAM);
  const control = await alone.tryAdd(await alone.createContainer());
  skipUnless(control.ok, `ADD does not work without IPAM: ${describeCall(control.last)}`);
  const target = await alone.createContainer();
  const operations = alone.atLeast("0.4.0") ? (["ADD", "CHECK", "DEL"] as const) : (["ADD", "DEL"] as const);
  let raw = control.raw;
  for (const operation of operations) {
    const call = await alone.invokeTarget(operation, { ...target, raw }, WITHOUT_PATH);
    // What CHECK does without IPAM is judged by check.after-add.
    demand(
      operation === "CHECK" ? !mentionsPath(call) : succeeded(call.output),
      `${operation} without CNI_PATH to succeed, for nothing is delegated`,
      describeCall(call),
    );
    raw = operation === "ADD" ? parseObject(call.output.stdout) : raw;
  }
}

/** As {@link withoutDelegation}, for a plugin that works so. */
function withoutDelegate(context: ClauseContext): ClauseContext {
  const alone = withoutDelegation(context);
  notApplicableUnless(alone === context || context.underTest.layer2, NEEDS_IPAM);
  return alone;
}

/** Alone, for a plugin before it may delegate. */
async function statusNeedsNoPath(context: ClauseContext): Promise<void> {
  const alone = withoutDelegate(context);
  const control = await alone.invokeTarget("STATUS", null);
  skipUnless(succeeded(control.output), `STATUS does not work: ${describeCall(control)}`);
  const call = await alone.invokeTarget("STATUS", null, WITHOUT_PATH);
  demand(succeeded(call.output), "STATUS without CNI_PATH to succeed, for nothing is delegated", describeCall(call));
}

async function gcWithoutPath(context: ClauseContext): Promise<void> {
  const call = await withoutDelegate(context).invokeTarget("GC", null, { valid: [], ...WITHOUT_PATH });
  demand(
    succeeded(call.output) || reportedError(call)?.code === 4,
    "GC without CNI_PATH to succeed, or to fail with code 4",
    describeCall(call),
  );
}

async function toleratesArgs(context: ClauseContext): Promise<void> {
  for (const value of [undefined, ""])
    await allSucceed(context, `CNI_ARGS ${value === undefined ? "unset" : "empty"}`, { CNI_ARGS: value });
}

async function malformedArgs(context: ClauseContext): Promise<void> {
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
  await allSucceed(context, "unknown variables", { CNI_FOO: "1", CNI_VERSION: "0.1.0", ...unrelated });
}

/** A process that stays in the container's namespace; prints its number. */
const START_PROCESS_IN_NETNS = `nsenter --net="$1" sleep 60 >/dev/null 2>&1 & echo $!`;

async function acceptsProcPath(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const pid = (
    await run(context.testNode.shell, ["sh", "-c", START_PROCESS_IN_NETNS, "sh", target.container.netns])
  ).trim();
  const netns = `/proc/${pid}/ns/net`;
  const { ok, last } = await context.tryAdd({ ...target, container: { ...target.container, netns } });
  demand(ok, `ADD with CNI_NETNS=${netns} to succeed`, describeCall(last));
  const interfaces = context.atLeast("0.3.0") && context.underTest.kinds.includes("interface");
  demand(
    !interfaces || last.output.stdout.includes(`"${netns}"`),
    `${netns} as the sandbox in the result`,
    "another path",
  );
}

async function longId(context: ClauseContext): Promise<void> {
  for (const length of [128, 253]) {
    const target = await context.createContainer();
    const env = { CNI_CONTAINERID: "a".repeat(length) };
    const call = await context.invokeTarget("ADD", target, { env });
    demand(
      succeeded(call.output) || reportedError(call)?.code === 4,
      `a container id of ${length} bytes to work, or code 4`,
      describeCall(call),
    );
    if (!succeeded(call.output)) continue;
    const deleted = await context.invokeTarget("DEL", target, { env });
    demand(succeeded(deleted.output), `DEL with a container id of ${length} bytes to succeed`, describeCall(deleted));
  }
}

export const envOptional = [
  {
    id: "env.containerid.long",
    level: "beyond",
    since: "1.0.0",
    section: "-",
    sentence: "The plugin accepts a long container ID or rejects it with code 4.",
    test: longId,
  },
  {
    id: "env.path.optional",
    level: "MUST",
    since: "1.0.0",
    kinds: ["interface", "ipam", "chained"],
    section: OPTIONAL,
    sentence: "ADD, CHECK, and DEL succeed without CNI_PATH when the plugin delegates nothing.",
    test: needsNoPath,
  },
  {
    id: "env.path.status",
    level: "MUST",
    since: "1.1.0",
    section: OPTIONAL,
    sentence: "STATUS succeeds without CNI_PATH when the plugin delegates nothing.",
    test: statusNeedsNoPath,
  },
  {
    id: "env.path.gc",
    level: "derived",
    since: "1.1.0",
    section: "2-GC",
    sentence: "GC without CNI_PATH succeeds or fails with code 4.",
    test: gcWithoutPath,
  },
  {
    id: "env.args.optional",
    level: "MUST",
    since: "1.0.0",
    section: OPTIONAL,
    sentence: "ADD, CHECK, and DEL succeed when CNI_ARGS is unset or empty.",
    test: toleratesArgs,
  },
  {
    id: "env.args.unconsumed",
    level: "SHOULD",
    section: "2-Parameters",
    sentence: "ADD, CHECK, and DEL accept CNI_ARGS that are meant for other plugins.",
    test: (context) => allSucceed(context, "CNI_ARGS=FOO=BAR;ABC=123", { CNI_ARGS: "FOO=BAR;ABC=123" }),
  },
  {
    id: "env.args.ignoreunknown",
    level: "beyond",
    section: "libcni",
    sentence: "With IgnoreUnknown=1 in CNI_ARGS, the plugin ignores unknown keys.",
    test: (context) => allSucceed(context, "CNI_ARGS=IgnoreUnknown=1;FOO=BAR", { CNI_ARGS: "IgnoreUnknown=1;FOO=BAR" }),
  },
  {
    id: "env.args.malformed",
    level: "beyond",
    section: "-",
    sentence: "The plugin accepts malformed CNI_ARGS or rejects them with an error object.",
    test: malformedArgs,
  },
  {
    id: "env.extra",
    level: "beyond",
    section: "-",
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
