/** Delegation: what an upper plugin does when its IPAM plugin fails, lies or is gone. */
import { stringifyJson } from "../../../cni/json.ts";
import type { Operation } from "../../../cni/types.ts";
import { succeeded } from "../../../core/shell.ts";
import { reportedError, describeCall } from "../plugin-output.ts";
import { demand, type Clause } from "../clause.ts";
import { FAKE_RESULT, errorOutput, installFakeIpam, type FakeIpam } from "../fake-ipam.ts";
import { readNetState } from "../net-state.ts";
import type { Attachment, ClauseContext } from "../clause-context.ts";

const DELEGATE_ERROR_CODE = 121;

/** The upper plugin fails with the code and message of its IPAM plugin. */
async function propagates(context: ClauseContext): Promise<void> {
  for (const operation of ["ADD", ...(context.atLeast("0.4.0") ? ["CHECK" as const] : []), "DEL"] as const) {
    const fakeIpam = await installFakeIpam(context);
    const target = operation === "ADD" ? await fakeIpam.context.createContainer() : await fakeIpam.context.add();
    await fakeIpam.setResponse(operation, 1, errorOutput(context, DELEGATE_ERROR_CODE));
    const call = await fakeIpam.context.invokeTarget(operation, target);
    demand(!succeeded(call.output), `${operation} to fail when the IPAM plugin's does`, "exit code 0");
    const error = reportedError(call);
    demand(
      error?.code === DELEGATE_ERROR_CODE && `${error.msg} ${error.details}`.includes("the double fails"),
      `the IPAM plugin's code ${DELEGATE_ERROR_CODE} and message`,
      describeCall(call),
    );
  }
}

/** Ways for ADD of a delegate to go wrong; before 0.3.0 a result without addresses cannot be said. */
function failingAdds(
  context: ClauseContext,
): readonly { readonly what: string; readonly exitCode: number; readonly output: string }[] {
  return [
    { what: "fails with code 11", exitCode: 1, output: stringifyJson(errorOutput(context, 11)) },
    { what: "fails without a word", exitCode: 3, output: "" },
    { what: "prints garbage", exitCode: 0, output: "no json" },
    { what: "prints null", exitCode: 0, output: "null" },
    { what: "returns no address", exitCode: 0, output: `{"cniVersion":"${context.version}"}` },
  ];
}

async function delAfterFailedAdd(context: ClauseContext): Promise<void> {
  for (const { what, exitCode, output } of failingAdds(context)) {
    const fakeIpam = await installFakeIpam(context);
    await fakeIpam.setResponse("ADD", exitCode, output);
    const call = await fakeIpam.context.invokeTarget("ADD", await fakeIpam.context.createContainer());
    if (succeeded(call.output)) continue;
    demandDel(await fakeIpam.calls(), `when its ADD ${what}`);
  }
}

function demandDel(calls: Awaited<ReturnType<FakeIpam["calls"]>>, when: string): void {
  const order = calls.map(({ command }) => command);
  demand(
    order.lastIndexOf("DEL") > order.lastIndexOf("ADD"),
    `DEL of the IPAM plugin ${when}`,
    order.join(", ") || "no call",
  );
}

/** The delegate succeeds, and then the upper plugin cannot go on: the link is there already, or the route is impossible. */
async function delAfterOwnFailure(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context, {
    ...FAKE_RESULT,
    routes: [{ dst: "0.0.0.0/0", gw: "203.0.113.77" }],
  });
  const target = await fakeIpam.context.createContainer();
  const call = await fakeIpam.context.invokeTarget("ADD", target);
  if (!succeeded(call.output)) demandDel(await fakeIpam.calls(), "when the upper plugin fails after it");
  const other = await installFakeIpam(context);
  const occupied = await other.context.createContainer();
  await occupied.container.shell.exec(["ip", "link", "add", "dev", occupied.ifName, "type", "bridge"]);
  const refused = await other.context.invokeTarget("ADD", occupied);
  const calls = await other.calls();
  if (!succeeded(refused.output) && calls.length > 0)
    demandDel(calls, "when the upper plugin finds the interface there already");
}

async function refusesBadResult(context: ClauseContext): Promise<void> {
  for (const { what, exitCode, output } of failingAdds(context).filter(({ what }) => /garbage|null/.test(what))) {
    const fakeIpam = await installFakeIpam(context);
    await fakeIpam.setResponse("ADD", exitCode, output);
    const call = await fakeIpam.context.invokeTarget("ADD", await fakeIpam.context.createContainer());
    demand(!succeeded(call.output), `ADD to fail when the IPAM plugin ${what}`, "exit code 0");
    demand(reportedError(call) !== null, `an error object when the IPAM plugin ${what}`, describeCall(call));
  }
}

async function linkExists({ container, ifName }: Attachment): Promise<boolean> {
  return (await readNetState(container.shell)).links.some(({ name }) => name === ifName);
}

async function cleansOwnPart(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  const added = await fakeIpam.context.add();
  await fakeIpam.setResponse("DEL", 1, errorOutput(context, DELEGATE_ERROR_CODE));
  await fakeIpam.context.invokeTarget("DEL", added);
  demand(
    !(await linkExists(added)),
    `no ${added.ifName} after DEL, though the IPAM plugin's DEL fails`,
    "it is still there",
  );
}

async function cleansWithoutDelegate(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  const added = await fakeIpam.context.add();
  await fakeIpam.remove();
  await fakeIpam.context.invokeTarget("DEL", added);
  demand(
    !(await linkExists(added)),
    `no ${added.ifName} after DEL, though the IPAM plugin is gone`,
    "it is still there",
  );
}

/** GC and STATUS of the upper plugin fail when the delegate's do. */
async function reports(context: ClauseContext, operation: Operation, code: number): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  await fakeIpam.context.add();
  await fakeIpam.setResponse(operation, 1, errorOutput(context, code));
  const call = await fakeIpam.context.invokeTarget(operation, null, { valid: [] });
  demand(!succeeded(call.output), `${operation} to fail when the IPAM plugin's does`, "exit code 0");
}

const SECTION = "4";
const KINDS = ["delegating"] as const;

export const delegateFailure = [
  {
    id: "dlg.error.propagates",
    level: "SHOULD",
    since: "0.4.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "The calling plugin fails with the code and message of the IPAM plugin.",
    test: propagates,
  },
  {
    id: "dlg.add.fail.del",
    level: "SHOULD",
    since: "1.0.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "When ADD of the IPAM plugin fails, the calling plugin executes DEL of the IPAM plugin.",
    test: delAfterFailedAdd,
  },
  {
    id: "dlg.add.laterfail.del",
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
    test: refusesBadResult,
  },
  {
    id: "dlg.del.cleans",
    level: "SHOULD",
    since: "1.0.0",
    kinds: KINDS,
    section: "2-DEL",
    sentence: "DEL removes the interface even when DEL of the IPAM plugin fails.",
    test: cleansOwnPart,
  },
  {
    id: "dlg.badmissing.del",
    level: "beyond",
    since: "0.3.0",
    kinds: KINDS,
    section: "2-DEL",
    sentence: "DEL removes the interface even when the IPAM plugin is missing.",
    test: cleansWithoutDelegate,
  },
  {
    id: "gc.delegate.error",
    level: "SHOULD",
    since: "1.1.0",
    kinds: KINDS,
    section: "2-GC",
    sentence: "GC fails when GC of the IPAM plugin fails.",
    test: (context) => reports(context, "GC", DELEGATE_ERROR_CODE),
  },
  {
    id: "status.delegate.error",
    level: "SHOULD",
    since: "1.1.0",
    kinds: KINDS,
    section: "2-STATUS",
    sentence: "STATUS fails when STATUS of the IPAM plugin fails.",
    test: (context) => reports(context, "STATUS", 51),
  },
] as const satisfies readonly Clause[];
