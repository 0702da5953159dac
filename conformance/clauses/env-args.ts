/** CNI_ARGS: absent, malformed, or with keys that are not meant for the plugin. */
import type { CniArgs } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import type { Overrides } from "./attachment.ts";
import { describeCall, reportedError } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import type { ClauseContext } from "./clause-context.ts";
import { demand, skipUnless } from "./demand.ts";
import { installFakeIpam } from "./fake-ipam.ts";
import { attachmentOperations } from "./operations.ts";
import { withResult } from "./with-result.ts";

const BEYOND = { level: "beyond", section: "-" } as const;
const UNKNOWN: CniArgs = [
  ["FOO", "BAR"],
  ["ABC", "123"],
];
const NO_ARGS: CniArgs = [
  ["IgnoreUnknown", ""],
  ["K8S_*", ""],
];

/** A changed environment. */
interface EnvChange {
  readonly env?: NonNullable<Overrides["env"]>;
  /** Changes to CNI_ARGS. */
  readonly args?: CniArgs;
  /** Changes to CNI_ARGS with which the plugin must succeed to be judged. Default: none. */
  readonly controlArgs?: CniArgs;
}

/**
 * Demands that ADD, CHECK and DEL of the plugin alone succeed with a changed environment. A delegating plugin is tested
 * with a fake IPAM plugin, because a real one may not accept the environment.
 */
export async function demandSuccess(
  context: ClauseContext,
  description: string,
  { env = {}, args = [], controlArgs = [] }: EnvChange,
): Promise<void> {
  const base = context.underTest.kinds.includes("delegating") ? (await installFakeIpam(context)).context : context;
  const tested = base.withArgs(...args);
  const control = base.withArgs(...controlArgs);
  let attachment = await control.createContainer();
  for (const operation of attachmentOperations(context)) {
    if (operation === "CHECK" && attachment.discarded !== undefined) continue;
    const call = await tested.invokeTarget(operation, attachment, { env });
    if (!succeeded(call.output)) {
      // A plugin that also fails without the change is judged by other clauses.
      const unchanged = operation === "ADD" ? await control.createContainer() : attachment;
      const { output } = await control.invokeTarget(operation, unchanged);
      skipUnless(succeeded(output), `${operation} fails: ${describeCall(call)}`);
    }
    demand(succeeded(call.output), `${operation} with ${description} to succeed`, describeCall(call));
    // Before 0.4.0, the runtime passes no prevResult to DEL.
    if (operation === "ADD" && context.atLeast("0.4.0")) attachment = withResult(attachment, call);
  }
}

async function allowsMissingArgs(context: ClauseContext): Promise<void> {
  for (const value of [undefined, ""])
    await demandSuccess(context, `CNI_ARGS ${value === undefined ? "unset" : "empty"}`, { env: { CNI_ARGS: value } });
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

export const envArgs = [
  {
    id: "env.args.optional",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    section: "2-Optional parameters",
    sentence: "ADD, CHECK, and DEL succeed when CNI_ARGS is unset or empty.",
    test: allowsMissingArgs,
  },
  {
    id: "env.args.unconsumed",
    level: "SHOULD",
    section: "2-Parameters",
    sentence: "ADD, CHECK, and DEL accept CNI_ARGS that are meant for other plugins.",
    test: (context) =>
      demandSuccess(context, "FOO=BAR;ABC=123 in CNI_ARGS", { args: [["IgnoreUnknown", ""], ...UNKNOWN] }),
  },
  {
    id: "env.args.ignoreunknown",
    level: "beyond",
    section: "libcni",
    sentence: "With IgnoreUnknown=1 in CNI_ARGS, the plugin ignores unknown keys.",
    test: (context) =>
      demandSuccess(context, "IgnoreUnknown=1 and FOO=BAR in CNI_ARGS", {
        args: UNKNOWN,
        controlArgs: NO_ARGS,
      }),
  },
  {
    ...BEYOND,
    id: "env.args.malformed",
    dependsOnVersion: false,
    sentence: "The plugin accepts malformed CNI_ARGS or rejects them with an error object.",
    test: handlesMalformedArgs,
  },
] as const satisfies readonly Clause[];
