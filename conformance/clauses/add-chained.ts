/** ADD in a chain: the result of the earlier plugins (prevResult) and the interface that they created. */
import { convertResult, type JsonObject, readResult } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import { demandRejected, parseObject, describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import { deepEqual, withoutEmpty } from "./compare.ts";
import { type ObservedChange, revertConfirmed, unreportedChanges } from "./confirmed-changes.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { TestAttachment } from "./attachment.ts";
import { changesContainer, NO_EFFECT } from "./container-effect.ts";
import { readNamespaces } from "../node/observed.ts";

async function rejectsMissingLink(context: ClauseContext): Promise<void> {
  notApplicableUnless(await changesContainer(context), NO_EFFECT);
  const target = await context.createContainer();
  demandRejected(
    await context.invokeTarget("ADD", { ...target, ifName: "nolink0" }),
    "ADD for an interface that does not exist",
  );
}

/** Creates a link and returns a result about it that no plugin of the test would print. */
async function foreignPrevResult(context: ClauseContext, { container, ifName }: TestAttachment): Promise<JsonObject> {
  const mac = "02:00:00:00:00:07";
  await container.shell.exec(["ip", "link", "add", "dev", ifName, "address", mac, "type", "bridge"]);
  const result: JsonObject = {
    cniVersion: "1.1.0",
    interfaces: [{ name: "up0" }, { name: ifName, mac, sandbox: container.netns }],
    ips: [{ address: "192.0.2.9/24", gateway: "192.0.2.1", interface: 1 }],
    routes: [{ dst: "203.0.113.0/24", gw: "192.0.2.1" }, { dst: "198.51.100.0/24" }],
    dns: { nameservers: ["192.0.2.53"], search: ["a.test", "b.test"] },
  };
  return convertResult(result, context.version);
}

/** ADD of the chained plugin alone, and the kernel state around it. @throws Skip when ADD fails */
async function observeChange(context: ClauseContext): Promise<ObservedChange & ChainedAdd> {
  const target = await context.createContainer();
  const prevResult = target.incoming ?? (await foreignPrevResult(context, target));
  const [insideBefore] = await readNamespaces(context, target);
  const call = await context.invokeTarget("ADD", target, { prevResult: convertResult(prevResult, context.version) });
  skipUnless(succeeded(call.output), `ADD fails: ${describeCall(call)}`);
  const [inside, node] = await readNamespaces(context, target);
  return { prevResult, printed: parseObject(call.output.stdout) ?? {}, insideBefore, inside, node };
}

interface ChainedAdd {
  readonly prevResult: JsonObject;
  readonly printed: JsonObject;
}

/** A chained plugin may set dns, which the kernel does not have, if its configuration or the runtime says so. */
function mayChangeDns({ underTest: { list, target } }: ClauseContext): boolean {
  const plugin = list.plugins[target];
  return plugin?.raw.dns !== undefined || (plugin?.capabilities.includes("dns") ?? false);
}

async function passesThrough(context: ClauseContext): Promise<void> {
  const observed = await observeChange(context);
  const { printed, prevResult } = observed;
  const reverted = revertConfirmed(printed, prevResult, observed);
  const dns = (mayChangeDns(context) ? prevResult : printed).dns ?? null;
  demand(
    deepEqual(withoutEmpty({ ...reverted, dns }), withoutEmpty({ ...prevResult, cniVersion: context.version })),
    "prevResult as the result, changed only where the kernel changed",
    JSON.stringify(printed).slice(0, 600),
    [`prevResult was ${JSON.stringify(prevResult).slice(0, 600)}`],
  );
}

/** Where the kernel changed, the result must match it; everything else must be preserved. */
async function reportsItsChanges(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const [insideBefore] = await readNamespaces(context, target);
  const added = await context.add(target);
  const [inside, node] = await readNamespaces(context, added);
  const before = readResult(added.incoming ?? {});
  for (const { name, sandbox, mac, mtu } of added.result.interfaces) {
    const link = (sandbox === undefined ? node : inside).links.find((candidate) => candidate.name === name);
    if (sandbox === undefined && before.interfaces.some((entry) => entry.name === name)) continue;
    demand(link !== undefined, `the link ${name}, which the result lists`, "no such link");
    demand(
      mac === undefined || link.mac === "" || mac.toLowerCase() === link.mac,
      `MAC address ${link.mac} for ${name}, as in the kernel`,
      mac ?? "",
    );
    demand(mtu === undefined || mtu === link.mtu, `MTU ${link.mtu} for ${name}, as in the kernel`, String(mtu));
  }
  const unreported = unreportedChanges(added.result.raw, { insideBefore, inside, node });
  demand(unreported.length === 0, "a result that matches the kernel", unreported.join(", "));
  const kept = before.interfaces.every(({ name }) => added.result.interfaces.some((entry) => entry.name === name));
  demand(kept, "every interface of prevResult in the result", JSON.stringify(added.result.interfaces));
}

async function keepsIndices(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const before = readResult(added.incoming ?? {});
  for (const { address, interface: index } of before.ips) {
    const now = added.result.ips.find((ip) => ip.address === address);
    const [was, is] = [before.interfaces[index ?? -1]?.name, added.result.interfaces[now?.interface ?? -1]?.name];
    demand(was === is, `${address} on ${was ?? "no interface"}, as in prevResult`, is ?? "no interface");
  }
}

async function addsToPrevResult(context: ClauseContext): Promise<void> {
  const prevResult = await foreignPrevResult(context, await context.createContainer("other0"));
  const target = await context.createContainer();
  const call = await context.invokeTarget("ADD", target, { prevResult });
  if (!succeeded(call.output)) return;
  const printed = call.output.stdout;
  demand(
    printed.includes("192.0.2.9/24") && printed.includes("up0") && printed.includes("203.0.113.0/24"),
    "the interfaces, addresses and routes of prevResult in the result, or an error",
    printed.replace(/\s+/g, " ").slice(0, 400),
  );
}

async function rejectsMissingPrevResult(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  demandRejected(
    await context.invokeTarget("ADD", target, { prevResult: null }),
    "ADD of a chained plugin without prevResult",
  );
}

async function acceptsMissingVersion(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  notApplicableUnless(target.incoming !== null, "the plugin is the first in the list");
  const prevResult = Object.fromEntries(Object.entries(target.incoming).filter(([key]) => key !== "cniVersion"));
  const call = await context.invokeTarget("ADD", target, { prevResult });
  demand(succeeded(call.output), "ADD to succeed with a prevResult without cniVersion", describeCall(call));
}

/** In versions whose results have no interfaces: not every chained plugin can work with them. */
async function passesThroughOldVersion(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  notApplicableUnless(target.incoming !== null, "the plugin is the first in the list");
  const call = await context.invokeTarget("ADD", target);
  if (!succeeded(call.output)) return demandRejected(call, "a prevResult of this version", { codes: [1] });
  const printed = parseObject(call.output.stdout) ?? {};
  demand(
    deepEqual(withoutEmpty(printed), withoutEmpty(target.incoming)),
    "prevResult unchanged as the result, or code 1",
    JSON.stringify(printed).slice(0, 600),
  );
}

const SECTION = "2-ADD";
const CHAINED = ["chained"] as const;

export const addChained = withSharedFacts({ needsChanges: true }, [
  {
    id: "add.ifname.notfound",
    dependsOnVersion: false,
    level: "derived",
    since: "0.3.0",
    kinds: CHAINED,
    chain: "whole",
    needsChanges: false,
    section: SECTION,
    sentence: "ADD of a chained plugin fails when the interface does not exist.",
    test: rejectsMissingLink,
  },
  {
    id: "add.prevresult.pass",
    level: "MUST",
    since: "0.3.0",
    kinds: CHAINED,
    section: SECTION,
    sentence: "A chained plugin returns prevResult unchanged, except for what it changed in the kernel.",
    test: passesThrough,
  },
  {
    id: "add.prevresult.modify",
    level: "MUST",
    since: "0.3.0",
    kinds: CHAINED,
    section: SECTION,
    sentence:
      "The result of a chained plugin has every change that it made in the kernel and that a result can express.",
    test: reportsItsChanges,
  },
  {
    id: "add.prevresult.indices",
    level: "derived",
    since: "0.3.0",
    kinds: CHAINED,
    section: "5-ADD",
    sentence: "In the result of a chained plugin, every address still references its interface.",
    test: keepsIndices,
  },
  {
    id: "add.prevresult.interface",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: SECTION,
    sentence: "An interface plugin that receives a prevResult adds to it, or fails.",
    test: addsToPrevResult,
  },
  {
    id: "add.prevresult.missing",
    level: "SHOULD",
    since: "0.3.0",
    kinds: CHAINED,
    section: SECTION,
    sentence: "A chained plugin fails without prevResult.",
    test: rejectsMissingPrevResult,
  },
  {
    id: "add.prevresult.noversion",
    level: "beyond",
    since: "0.3.0",
    kinds: CHAINED,
    section: "libcni",
    sentence: "The plugin accepts a prevResult without cniVersion.",
    test: acceptsMissingVersion,
  },
  {
    id: "add.prevresult.020",
    level: "beyond",
    until: "0.2.0",
    kinds: CHAINED,
    section: "-",
    sentence: "A chained plugin returns a prevResult of these versions unchanged, or fails with code 1.",
    test: passesThroughOldVersion,
  },
]);
