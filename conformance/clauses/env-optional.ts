/** The environment: optional parameters, and values that are not meant for the plugin. */
import { run, succeeded } from "../../core/shell.ts";
import { reportedError, describeCall } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import { demand } from "./demand.ts";
import { demandSuccess, envArgs } from "./env-args.ts";
import { envPath } from "./env-path.ts";
import type { ClauseContext } from "./clause-context.ts";
import { withNetns } from "./operations.ts";

const BEYOND = { level: "beyond", section: "-" } as const;

async function ignoresOtherVariables(context: ClauseContext): Promise<void> {
  const unrelated = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`CNIBENCH_${i}`, String(i)]));
  await demandSuccess(context, "unknown variables", { env: { CNI_FOO: "1", CNI_VERSION: "0.1.0", ...unrelated } });
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
    dependsOnVersion: false,
    since: "1.0.0",
    sentence: "The plugin accepts a long container ID or rejects it with code 4.",
    test: acceptsLongId,
  },
  ...envPath,
  ...envArgs,
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
