/** Delegation: IPAM plugins that fail, return an invalid result, or are missing. */
import { type Operation, stringifyJson } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import type { Clause } from "./clause.ts";
import { demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { FAKE_RESULT, errorOutput, installFakeIpam, type FakeIpamCall } from "./fake-ipam.ts";
import { describeCall, reportedError } from "./call-output.ts";
import { hasLink, occupyIfName, attachmentOperations } from "./operations.ts";

const DELEGATE_ERROR_CODE = 121;
const DELEGATE_ERROR_MESSAGE = "the fake IPAM plugin fails";

async function returnsError(context: ClauseContext): Promise<void> {
  for (const operation of attachmentOperations(context)) {
    const fakeIpam = await installFakeIpam(context);
    const target = operation === "ADD" ? await fakeIpam.context.createContainer() : await fakeIpam.context.add();
    await fakeIpam.setResponse(operation, 1, errorOutput(context, DELEGATE_ERROR_CODE, DELEGATE_ERROR_MESSAGE));
    const call = await fakeIpam.context.invokeTarget(operation, target);
    demand(!succeeded(call.output), `${operation} to fail when ${operation} of the IPAM plugin fails`, "exit code 0");
    const error = reportedError(call);
    demand(
      error?.code === DELEGATE_ERROR_CODE && `${error.msg} ${error.details}`.includes(DELEGATE_ERROR_MESSAGE),
      `the code ${DELEGATE_ERROR_CODE} and the message of the IPAM plugin`,
      describeCall(call),
    );
  }
}

interface FailingAdd {
  /** Completes "the IPAM plugin ...". */
  readonly description: string;
  readonly exitCode: number;
  readonly output: string;
}

const INVALID_RESULTS: readonly FailingAdd[] = [
  { description: "prints invalid JSON", exitCode: 0, output: "no json" },
  { description: "prints null", exitCode: 0, output: "null" },
];

/** Ways in which ADD of the IPAM plugin can fail. */
function failingAdds(context: ClauseContext): readonly FailingAdd[] {
  return [
    { description: "fails with code 11", exitCode: 1, output: stringifyJson(errorOutput(context, 11)) },
    { description: "fails without output", exitCode: 3, output: "" },
    ...INVALID_RESULTS,
    { description: "returns no address", exitCode: 0, output: `{"cniVersion":"${context.version}"}` },
  ];
}

async function delAfterFailedAdd(context: ClauseContext): Promise<void> {
  for (const { description, exitCode, output } of failingAdds(context)) {
    const fakeIpam = await installFakeIpam(context);
    await fakeIpam.setResponse("ADD", exitCode, output);
    const call = await fakeIpam.context.invokeTarget("ADD", await fakeIpam.context.createContainer());
    if (!succeeded(call.output)) demandDel(await fakeIpam.calls(), `the IPAM plugin ${description}`);
  }
}

function demandDel(calls: readonly FakeIpamCall[], condition: string): void {
  const order = calls.map(({ command }) => command);
  demand(
    order.lastIndexOf("DEL") > order.lastIndexOf("ADD"),
    `DEL of the IPAM plugin when ${condition}`,
    order.join(", ") || "no call",
  );
}

/** ADD of the IPAM plugin succeeds, but the calling plugin fails: on an impossible route, then on an existing link. */
async function delAfterOwnFailure(context: ClauseContext): Promise<void> {
  const badRoute = await installFakeIpam(context, {
    ...FAKE_RESULT,
    routes: [{ dst: "0.0.0.0/0", gw: "203.0.113.77" }],
  });
  const target = await badRoute.context.createContainer();
  const call = await badRoute.context.invokeTarget("ADD", target);
  if (!succeeded(call.output)) demandDel(await badRoute.calls(), "the calling plugin fails after it");
  const fakeIpam = await installFakeIpam(context);
  const occupied = await fakeIpam.context.createContainer();
  await occupyIfName(occupied);
  const rejected = await fakeIpam.context.invokeTarget("ADD", occupied);
  const calls = await fakeIpam.calls();
  if (!succeeded(rejected.output) && calls.length > 0) demandDel(calls, "the interface already exists");
}

async function rejectsInvalidResult(context: ClauseContext): Promise<void> {
  for (const { description, exitCode, output } of INVALID_RESULTS) {
    const fakeIpam = await installFakeIpam(context);
    await fakeIpam.setResponse("ADD", exitCode, output);
    const call = await fakeIpam.context.invokeTarget("ADD", await fakeIpam.context.createContainer());
    demand(!succeeded(call.output), `ADD to fail when the IPAM plugin ${description}`, "exit code 0");
    demand(reportedError(call) !== null, `an error object when the IPAM plugin ${description}`, describeCall(call));
  }
}

async function removesLinkIfDelFails(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  const added = await fakeIpam.context.add();
  await fakeIpam.setResponse("DEL", 1, errorOutput(context, DELEGATE_ERROR_CODE));
  await fakeIpam.context.invokeTarget("DEL", added);
  await demandNoLink(added, "although DEL of the IPAM plugin fails");
}

async function removesLinkWithoutIpam(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  const added = await fakeIpam.context.add();
  await fakeIpam.remove();
  await fakeIpam.context.invokeTarget("DEL", added);
  await demandNoLink(added, "although the IPAM plugin is missing");
}

async function demandNoLink(added: AddedAttachment, condition: string): Promise<void> {
  const exists = await hasLink(added);
  demand(!exists, `no ${added.ifName} after DEL, ${condition}`, `${added.ifName} still exists`);
}

/** GC or STATUS of the calling plugin fails when that of the IPAM plugin fails. */
async function reportsFailure(context: ClauseContext, operation: Operation, code: number): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  await fakeIpam.context.add();
  await fakeIpam.setResponse(operation, 1, errorOutput(context, code));
  const call = await fakeIpam.context.invokeTarget(operation, null, { valid: [] });
  demand(!succeeded(call.output), `${operation} to fail when ${operation} of the IPAM plugin fails`, "exit code 0");
}

const SECTION = "4";
const KINDS = ["delegating"] as const;

export const delegateFailure = [
  {
    id: "dlg.error.propagates",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "0.4.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "The calling plugin fails with the code and message of the IPAM plugin.",
    test: returnsError,
  },
  {
    id: "dlg.add.fail.del",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "1.0.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "When ADD of the IPAM plugin fails, the calling plugin executes DEL of the IPAM plugin.",
    test: delAfterFailedAdd,
  },
  {
    id: "dlg.add.laterfail.del",
    dependsOnVersion: false,
    level: "derived",
    kinds: KINDS,
    section: "2-DEL",
    sentence: "A calling plugin that fails after ADD of the IPAM plugin executes DEL of the IPAM plugin.",
    test: delAfterOwnFailure,
  },
  {
    id: "dlg.badresult",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "ADD fails with an error object when the IPAM plugin returns an invalid result.",
    test: rejectsInvalidResult,
  },
  {
    id: "dlg.del.cleans",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "1.0.0",
    kinds: KINDS,
    section: "2-DEL",
    sentence: "DEL removes the interface even when DEL of the IPAM plugin fails.",
    test: removesLinkIfDelFails,
  },
  {
    id: "dlg.badmissing.del",
    dependsOnVersion: false,
    level: "beyond",
    since: "0.3.0",
    kinds: KINDS,
    section: "2-DEL",
    sentence: "DEL removes the interface even when the IPAM plugin is missing.",
    test: removesLinkWithoutIpam,
  },
  {
    id: "gc.delegate.error",
    level: "SHOULD",
    since: "1.1.0",
    kinds: KINDS,
    chain: "whole",
    needsChanges: true,
    section: "2-GC",
    sentence: "GC fails when GC of the IPAM plugin fails.",
    test: (context) => reportsFailure(context, "GC", DELEGATE_ERROR_CODE),
  },
  {
    id: "status.delegate.error",
    level: "SHOULD",
    since: "1.1.0",
    kinds: KINDS,
    chain: "whole",
    section: "2-STATUS",
    sentence: "STATUS fails when STATUS of the IPAM plugin fails.",
    test: (context) => reportsFailure(context, "STATUS", 51),
  },
] as const satisfies readonly Clause[];
