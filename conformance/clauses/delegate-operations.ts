/** Delegation: which operations reach the IPAM plugin. */
import { type Operation, parseJson } from "../../cni/index.ts";
import type { Clause } from "./clause.ts";
import { demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { TestAttachment } from "./attachment.ts";
import { deepEqual } from "./compare.ts";
import { type FakeIpamCall, installFakeIpam } from "./fake-ipam.ts";
import { deleteLink } from "./operations.ts";
import { type DelegatedOperation, delegatedOperations } from "./delegate.ts";

/**
 * @returns the operation, and the request that the IPAM plugin received
 * @throws Deviation unless the IPAM plugin is called exactly once for the operation
 */
async function demandDelegatedOnce(
  context: ClauseContext,
  operation: Operation,
): Promise<Pick<DelegatedOperation, "calling"> & Pick<FakeIpamCall, "request">> {
  const found = (await delegatedOperations(context)).find(({ calling }) => calling.command === operation);
  skipUnless(found !== undefined, `version ${context.version} has no ${operation}`);
  const [first, ...more] = found.delegated.filter(({ command }) => command === operation);
  demand(
    first !== undefined && more.length === 0,
    `one ${operation} of the IPAM plugin for one ${operation}`,
    first === undefined ? "0" : String(1 + more.length),
  );
  return { calling: found.calling, request: first.request };
}

/** The request must contain the list of valid attachments, which the IPAM plugin needs. */
async function delegatesGc(context: ClauseContext): Promise<void> {
  const { calling, request } = await demandDelegatedOnce(context, "GC");
  demand(
    deepEqual(request, parseJson(calling.request)),
    "the IPAM plugin to receive the same request for GC",
    JSON.stringify(request).slice(0, 400),
  );
}

async function delegatesDel(context: ClauseContext): Promise<void> {
  await demandDelegatedOnce(context, "DEL");
  await demandDelegatedDel(context, "the link was deleted", deleteLink);
  if (context.atLeast("0.4.0")) {
    await demandDelegatedDel(context, "CNI_NETNS is empty", async () => undefined, { CNI_NETNS: "" });
  }
}

/** @param prepare creates the condition for an attachment */
async function demandDelegatedDel(
  context: ClauseContext,
  condition: string,
  prepare: (added: TestAttachment) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  const added = await fakeIpam.context.add();
  await prepare(added);
  const before = (await fakeIpam.calls()).length;
  await fakeIpam.context.invokeTarget("DEL", added, { env });
  const calls = (await fakeIpam.calls()).slice(before).filter(({ command }) => command === "DEL");
  demand(calls.length > 0, `DEL of the IPAM plugin even when ${condition}`, "none");
}

const SECTION = "4";
const KINDS = ["delegating"] as const;

export const delegateOperations = [
  {
    id: "dlg.check",
    level: "MUST",
    earlier: { before: "1.0.0", level: "SHOULD" },
    since: "0.4.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "CHECK executes CHECK of the IPAM plugin.",
    test: async (context) => void (await demandDelegatedOnce(context, "CHECK")),
  },
  {
    id: "dlg.del",
    level: "MUST",
    earlier: { before: "1.0.0", level: "SHOULD" },
    kinds: KINDS,
    section: SECTION,
    sentence: "DEL executes DEL of the IPAM plugin, even when the link or the namespace no longer exists.",
    test: delegatesDel,
  },
  {
    id: "gc.delegates",
    level: "MUST",
    since: "1.1.0",
    kinds: KINDS,
    chain: "whole",
    needsChanges: true,
    section: "2-GC",
    sentence: "GC executes GC of the IPAM plugin with the same request.",
    test: delegatesGc,
  },
  {
    id: "status.delegates",
    level: "MUST",
    since: "1.1.0",
    kinds: KINDS,
    chain: "whole",
    section: "2-STATUS",
    sentence: "STATUS executes STATUS of the IPAM plugin.",
    test: async (context) => void (await demandDelegatedOnce(context, "STATUS")),
  },
] as const satisfies readonly Clause[];
