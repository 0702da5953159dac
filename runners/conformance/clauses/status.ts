/** STATUS: whether ADD would be served. */
import { run, succeeded } from "../../../core/shell.ts";
import { demandRejected, reportedError, parseObject, describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, skipUnless, NotApplicable, type Clause } from "../clause.ts";
import { errorOutput, installFakeIpam } from "../fake-ipam.ts";
import { singleAddressContext } from "../leases.ts";
import { demandUnchanged } from "../snapshot.ts";
import type { AddedAttachment, ClauseContext } from "../clause-context.ts";

const SECTION = "2-STATUS";
const since = "1.1.0" as const;

async function ready(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.status();
  demand(ok, "STATUS to succeed", describeCall(last));
}

/** A network that cannot serve another ADD: its one address is taken, or its IPAM plugin says so. */
async function exhausted(
  context: ClauseContext,
): Promise<{ readonly context: ClauseContext; readonly taken: AddedAttachment | null }> {
  const small = singleAddressContext(context);
  if (small !== null && !context.underTest.kinds.includes("delegating"))
    return { context: small, taken: await small.add() };
  if (!context.underTest.kinds.includes("delegating"))
    throw new NotApplicable("nothing is known that makes the plugin not ready");
  const fakeIpam = await installFakeIpam(context);
  const taken = await fakeIpam.context.add();
  await fakeIpam.setResponse("STATUS", 1, errorOutput(context, 50));
  return { context: fakeIpam.context, taken };
}

async function reportsNotReady(context: ClauseContext): Promise<void> {
  const { context: full } = await exhausted(context);
  const call = await full.invokeTarget("STATUS", null);
  demandRejected(call, "STATUS of a network that can serve no ADD");
  demand(
    parseObject(call.output.stdout) !== null,
    "an error object on standard output",
    JSON.stringify(call.output.stdout.slice(0, 100)),
  );
}

async function usesCodes(context: ClauseContext): Promise<void> {
  const { context: full } = await exhausted(context);
  const call = await full.invokeTarget("STATUS", null);
  skipUnless(!succeeded(call.output), "STATUS succeeds");
  const code = reportedError(call)?.code ?? 0;
  demand(code === 50 || code === 51 || code >= 100, "code 50 or 51, or one of the plugin's own", describeCall(call));
}

async function detectsExhaustion(context: ClauseContext): Promise<void> {
  const small = singleAddressContext(context);
  notApplicableUnless(
    small !== null && !context.underTest.kinds.includes("delegating"),
    "the plugin's pool cannot be made small",
  );
  const taken = await small.add();
  demandRejected(await small.invokeTarget("STATUS", null), "STATUS with the only address taken");
  await small.del(taken);
  const { ok, last } = await small.status();
  demand(ok, "STATUS to succeed when the address is free again", describeCall(last));
}

async function needsNoIds(context: ClauseContext): Promise<void> {
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

async function isNotNeeded(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.tryAdd(await context.createContainer());
  demand(ok, "ADD to succeed though STATUS was never called", describeCall(last));
}

async function allowsOthers(context: ClauseContext): Promise<void> {
  const { context: full, taken } = await exhausted(context);
  skipUnless(taken !== null && !(await full.status()).ok, "STATUS succeeds");
  for (const [name, outcome] of [
    ["CHECK", await full.check(taken)],
    ["GC", await full.gc([taken])],
    ["DEL", await full.del(taken)],
  ] as const) {
    demand(outcome.ok, `${name} to succeed while STATUS fails`, describeCall(outcome.last));
  }
}

async function refusesOldVersion(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("STATUS", null, {
    request: (request) => ({ ...request, cniVersion: "1.0.0" }),
  });
  demandRejected(call, "STATUS with cniVersion 1.0.0", { codes: [1, 4] });
}

async function detectsMissingDaemon(context: ClauseContext): Promise<void> {
  const { stopDaemon } = context.underTest;
  notApplicableUnless(stopDaemon !== undefined, "no daemon is known that the plugin needs");
  const { ok, last } = await context.status();
  skipUnless(ok, `STATUS does not succeed with the daemon: ${describeCall(last)}`);
  await run(context.testNode.shell, ["sh", "-ec", stopDaemon]);
  demandRejected(await context.invokeTarget("STATUS", null), "STATUS without the plugin's daemon");
}

export const status = [
  {
    id: "status.ready",
    level: "MUST",
    since,
    section: SECTION,
    sentence: "STATUS succeeds when the plugin can serve ADD.",
    test: ready,
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
    test: usesCodes,
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
    test: detectsMissingDaemon,
  },
  {
    id: "status.env",
    level: "MUST",
    since,
    section: SECTION,
    sentence: "STATUS requires no parameters other than CNI_COMMAND and CNI_PATH.",
    test: needsNoIds,
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
    test: isNotNeeded,
  },
  {
    id: "status.others-allowed",
    level: "SHOULD",
    since,
    kinds: ["ipam", "delegating"],
    section: SECTION,
    sentence: "CHECK, GC, and DEL succeed while STATUS fails.",
    test: allowsOthers,
  },
  {
    id: "status.version",
    level: "derived",
    since,
    section: SECTION,
    sentence: "STATUS fails in versions that do not define it.",
    test: refusesOldVersion,
  },
] as const satisfies readonly Clause[];
