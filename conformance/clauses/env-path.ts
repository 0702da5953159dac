/** The environment: CNI_PATH, which only a plugin that delegates needs. */
import type { Invocation } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import { describeCall, reportedError } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import type { ClauseContext } from "./clause-context.ts";
import { demand, notApplicableUnless, skipUnless } from "./demand.ts";
import { attachmentOperations } from "./operations.ts";
import { withoutIpam } from "../under-test/network-variants.ts";
import { withResult } from "./with-result.ts";

/** The same network without delegation, so that the plugin does not need CNI_PATH. */
function withoutDelegation(context: ClauseContext): ClauseContext {
  return context.underTest.kinds.includes("delegating")
    ? context.withNetwork(withoutIpam(context.underTest.list))
    : context;
}

const REQUIRES_IPAM = "the plugin requires an IPAM plugin, which it finds with CNI_PATH";
const WITHOUT_PATH = { env: { CNI_PATH: undefined } } as const;

/** Reports whether the error mentions CNI_PATH. */
function mentionsPath(call: Invocation): boolean {
  return `${reportedError(call)?.msg ?? ""} ${call.output.stderr}`.includes("CNI_PATH");
}

/** Names a directory that does not exist. */
const NO_PLUGINS = { env: { CNI_PATH: "/run/no-plugins" } } as const;

/**
 * A plugin that needs a program in CNI_PATH delegates, although its configuration does not say so, as flannel does.
 * @throws NotApplicable when ADD succeeds, but not with a CNI_PATH without plugins
 */
async function requireNoDelegation(context: ClauseContext): Promise<void> {
  const failing = await context.invokeTarget("ADD", await context.createContainer(), NO_PLUGINS);
  if (succeeded(failing.output)) return;
  const control = await context.invokeTarget("ADD", await context.createContainer());
  notApplicableUnless(!succeeded(control.output), "the plugin delegates: without plugins in CNI_PATH, ADD fails");
}

/**
 * Demands that an ADD that fails does so for the same reason with and without CNI_PATH: the plugin may require IPAM, or
 * ADD may not work on the node.
 */
async function demandSameFailure(layer2: ClauseContext): Promise<void> {
  const control = await layer2.invokeTarget("ADD", await layer2.createContainer());
  const call = await layer2.invokeTarget("ADD", await layer2.createContainer(), WITHOUT_PATH);
  demand(
    !mentionsPath(call) || mentionsPath(control),
    "ADD not to require CNI_PATH when nothing is delegated",
    describeCall(call),
  );
}

async function succeedsWithoutPath(context: ClauseContext): Promise<void> {
  const layer2 = withoutDelegation(context);
  await requireNoDelegation(layer2);
  await demandSameFailure(layer2);
  notApplicableUnless(layer2 === context || context.underTest.layer2, REQUIRES_IPAM);
  const control = await layer2.tryAdd(await layer2.createContainer());
  skipUnless(control.ok, `ADD fails without IPAM: ${describeCall(control.last)}`);
  let attachment = await layer2.createContainer();
  for (const operation of attachmentOperations(layer2)) {
    if (operation === "CHECK" && attachment.discarded !== undefined) continue;
    const call = await layer2.invokeTarget(operation, attachment, WITHOUT_PATH);
    // The result of CHECK without IPAM is judged by check.after-add.
    demand(
      operation === "CHECK" ? !mentionsPath(call) : succeeded(call.output),
      `${operation} without CNI_PATH to succeed when nothing is delegated`,
      describeCall(call),
    );
    if (operation === "ADD") attachment = withResult(attachment, call);
  }
}

/** The network without delegation. @throws NotApplicable when the plugin requires IPAM, or delegates anyway */
async function requireLayer2(context: ClauseContext): Promise<ClauseContext> {
  const layer2 = withoutDelegation(context);
  notApplicableUnless(layer2 === context || context.underTest.layer2, REQUIRES_IPAM);
  await requireNoDelegation(layer2);
  return layer2;
}

/** Runs the plugin under test alone, because other plugins in the list may delegate. */
async function statusSucceedsWithoutPath(context: ClauseContext): Promise<void> {
  const layer2 = await requireLayer2(context);
  const control = await layer2.invokeTarget("STATUS", null);
  skipUnless(succeeded(control.output), `STATUS fails: ${describeCall(control)}`);
  const call = await layer2.invokeTarget("STATUS", null, WITHOUT_PATH);
  demand(succeeded(call.output), "STATUS without CNI_PATH to succeed when nothing is delegated", describeCall(call));
}

async function gcWithoutPath(context: ClauseContext): Promise<void> {
  const call = await (await requireLayer2(context)).invokeTarget("GC", null, { valid: [], ...WITHOUT_PATH });
  demand(
    succeeded(call.output) || reportedError(call)?.code === 4,
    "GC without CNI_PATH to succeed, or to fail with code 4",
    describeCall(call),
  );
}

const OPTIONAL = "2-Optional parameters";

export const envPath = [
  {
    id: "env.path.optional",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    kinds: ["interface", "ipam", "chained"],
    needsAdd: false,
    goSkeleton: { got: /required env variables \[CNI_PATH\] missing/ },
    section: OPTIONAL,
    sentence: "ADD, CHECK, and DEL succeed without CNI_PATH when the plugin delegates nothing.",
    test: succeedsWithoutPath,
  },
  {
    id: "env.path.status",
    level: "MUST",
    since: "1.1.0",
    goSkeleton: { got: /required env variables \[CNI_PATH\] missing/ },
    section: OPTIONAL,
    sentence: "STATUS succeeds without CNI_PATH when the plugin delegates nothing.",
    test: statusSucceedsWithoutPath,
  },
  {
    id: "env.path.gc",
    level: "derived",
    since: "1.1.0",
    section: "2-GC",
    sentence: "GC without CNI_PATH succeeds or fails with code 4.",
    test: gcWithoutPath,
  },
] as const satisfies readonly Clause[];
