/** STATUS: whether the plugin can serve ADD. */
import { run, succeeded } from "../../core/shell.ts";
import { demandRejected, reportedError, parseObject, describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import { errorOutput, installFakeIpam } from "./fake-ipam.ts";
import { demandUnchanged } from "../node/snapshot.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { NO_DAEMON } from "./operations.ts";
import { withOneAddress } from "./leases.ts";

const SECTION = "2-STATUS";
const since = "1.1.0" as const;

async function succeedsWhenReady(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.status();
  demand(ok, "STATUS to succeed", describeCall(last));
}

interface ExhaustedNetwork {
  readonly context: ClauseContext;
  readonly added: AddedAttachment;
}

/** A network that cannot serve another ADD: its only address is in use, or STATUS of its IPAM plugin fails. */
async function createExhausted(context: ClauseContext): Promise<ExhaustedNetwork> {
  if (!context.underTest.kinds.includes("delegating")) {
    const single = withOneAddress(context);
    return { context: single, added: await single.add() };
  }
  const fakeIpam = await installFakeIpam(context);
  const added = await fakeIpam.context.add();
  await fakeIpam.setResponse("STATUS", 1, errorOutput(context, 50));
  return { context: fakeIpam.context, added };
}

async function reportsNotReady(context: ClauseContext): Promise<void> {
  const exhausted = await createExhausted(context);
  const call = await exhausted.context.invokeTarget("STATUS", null);
  demandRejected(call, "STATUS of a network that cannot serve ADD");
  demand(
    parseObject(call.output.stdout) !== null,
    "an error object on standard output",
    JSON.stringify(call.output.stdout.slice(0, 100)),
  );
}

async function returnsStatusCode(context: ClauseContext): Promise<void> {
  const exhausted = await createExhausted(context);
  const call = await exhausted.context.invokeTarget("STATUS", null);
  skipUnless(!succeeded(call.output), "STATUS succeeds");
  const code = reportedError(call)?.code ?? 0;
  demand(
    code === 50 || code === 51 || code >= 100,
    "code 50, code 51, or a plugin-specific code (100 or higher)",
    describeCall(call),
  );
}

async function detectsExhaustion(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.kinds.includes("delegating"), "the addresses are assigned by another plugin");
  const single = withOneAddress(context);
  const added = await single.add();
  demandRejected(await single.invokeTarget("STATUS", null), "STATUS with the only address in use");
  await single.del(added);
  const { ok, last } = await single.status();
  demand(ok, "STATUS to succeed after the address was released", describeCall(last));
}

async function requiresNoParameters(context: ClauseContext): Promise<void> {
  for (const value of [undefined, ""]) {
    const { ok, last } = await context.status({
      env: { CNI_CONTAINERID: value, CNI_NETNS: value, CNI_IFNAME: value, CNI_ARGS: value },
    });
    demand(
      ok,
      `STATUS with the other parameters ${value === undefined ? "unset" : "empty"} to succeed`,
      describeCall(last),
    );
  }
}

async function changesNothing(context: ClauseContext): Promise<void> {
  await context.add();
  await demandUnchanged(context, async () => void (await context.status()));
}

async function addSucceedsWithoutStatus(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.tryAdd(await context.createContainer());
  demand(ok, "ADD to succeed without an earlier STATUS", describeCall(last));
}

async function othersSucceed(context: ClauseContext): Promise<void> {
  const { context: exhausted, added } = await createExhausted(context);
  skipUnless(!(await exhausted.status()).ok, "STATUS succeeds");
  for (const [operation, outcome] of [
    ["CHECK", await exhausted.check(added)],
    ["GC", await exhausted.gc([added])],
    ["DEL", await exhausted.del(added)],
  ] as const) {
    demand(outcome.ok, `${operation} to succeed while STATUS fails`, describeCall(outcome.last));
  }
}

async function rejectsOldVersion(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("STATUS", null, {
    request: (request) => ({ ...request, cniVersion: "1.0.0" }),
  });
  demandRejected(call, "STATUS with cniVersion 1.0.0", { codes: [1, 4] });
}

async function detectsStoppedDaemon(context: ClauseContext): Promise<void> {
  const { stopDaemon } = context.underTest;
  notApplicableUnless(stopDaemon !== undefined, NO_DAEMON);
  const { ok, last } = await context.status();
  skipUnless(ok, `STATUS fails with the daemon: ${describeCall(last)}`);
  await run(context.testNode.shell, ["sh", "-ec", stopDaemon]);
  demandRejected(await context.invokeTarget("STATUS", null), "STATUS without the plugin's daemon");
}

export const status = withSharedFacts({ chain: "whole" }, [
  {
    id: "status.ready",
    level: "MUST",
    since,
    section: SECTION,
    sentence: "STATUS succeeds when the plugin can serve ADD.",
    test: succeedsWhenReady,
  },
  {
    id: "status.notready",
    level: "MUST",
    since,
    kinds: ["ipam", "delegating"],
    section: SECTION,
    sentence: "STATUS fails with an error object when the plugin cannot serve ADD.",
    test: reportsNotReady,
  },
  {
    id: "status.code",
    level: "SHOULD",
    since,
    kinds: ["ipam", "delegating"],
    section: SECTION,
    sentence: "A failed STATUS returns code 50, code 51, or a plugin-specific code.",
    test: returnsStatusCode,
  },
  {
    id: "status.exhausted",
    level: "SHOULD",
    since,
    kinds: ["ipam"],
    section: SECTION,
    sentence: "STATUS fails when no address is free.",
    test: detectsExhaustion,
  },
  {
    id: "status.daemon",
    level: "SHOULD",
    since,
    section: SECTION,
    sentence: "STATUS fails when the daemon that the plugin requires is stopped.",
    test: detectsStoppedDaemon,
  },
  {
    id: "status.env",
    level: "MUST",
    since,
    section: SECTION,
    sentence: "STATUS requires no parameters other than CNI_COMMAND and CNI_PATH.",
    test: requiresNoParameters,
  },
  {
    id: "status.pure",
    level: "derived",
    since,
    section: SECTION,
    sentence: "STATUS does not change any state.",
    test: changesNothing,
  },
  {
    id: "status.not-required",
    level: "MUST",
    since,
    section: SECTION,
    sentence: "ADD succeeds even if STATUS was never called.",
    test: addSucceedsWithoutStatus,
  },
  {
    id: "status.others-allowed",
    level: "SHOULD",
    since,
    kinds: ["ipam", "delegating"],
    section: SECTION,
    sentence: "CHECK, GC, and DEL succeed while STATUS fails.",
    test: othersSucceed,
  },
  {
    id: "status.version",
    level: "derived",
    since,
    section: SECTION,
    sentence: "STATUS fails in versions that do not define it.",
    test: rejectsOldVersion,
  },
]);
