/** DEL in unusual circumstances: foreign links, a reused namespace path, an invalid prevResult, a stopped daemon. */
import type { JsonObject } from "../../cni/index.ts";
import { run, succeeded } from "../../core/shell.ts";
import { reportedError, describeCall } from "./call-output.ts";
import { changedAttributes, readAttributes } from "../node/attributes.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import { demandNoLease } from "./leases.ts";
import { difference, takeSnapshot } from "../node/snapshot.ts";
import { readNetState, stateLines } from "../node/net-state.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import { MISSING_NETNS, NO_DAEMON, asDelInput, occupyIfName } from "./operations.ts";

const SECTION = "2-DEL";

/** Files that plugins may keep for all containers. */
const SHARED_FILES = /\/(\.?lock|last_reserved_ip)\b/;

/** Compares the state after DEL, while the link still exists, with the state that the earlier plugins created. */
async function restoresChanges(context: ClauseContext): Promise<void> {
  await context.del(await context.add());
  const target = await context.createContainer();
  const [before, attributes] = [await takeSnapshot(context), await readAttributes(target)];
  const added = await context.add(target);
  const changed = changedAttributes(attributes, await readAttributes(added));
  notApplicableUnless(
    changed.length > 0 || difference(before, await takeSnapshot(context)).length > 0,
    "ADD changes nothing",
  );
  const call = await context.invokeTarget("DEL", asDelInput(context, added));
  skipUnless(succeeded(call.output), `DEL fails: ${describeCall(call)}`);
  const kept = changedAttributes(attributes, await readAttributes(added)).map(
    (name) => `~ ${name}: was ${attributes.get(name)} before ADD`,
  );
  const left = [...difference(before, await takeSnapshot(context)).filter((line) => !SHARED_FILES.test(line)), ...kept];
  demand(
    left.length === 0,
    "the link and the node as they were before ADD of this plugin",
    `${left.length} differences`,
    left,
  );
}

/** The path now leads to another namespace, which may belong to another container. */
async function preservesOtherNamespace(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const replace = `ip netns delete "$1"; ip netns add "$1"; ip -n "$1" link add wit0 type bridge`;
  await run(context.testNode.shell, ["sh", "-ec", replace, "sh", added.container.name]);
  await demandLinksPreserved(context, added, "in the namespace that has its path now");
}

async function preservesForeignLink(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  await occupyIfName(target);
  await demandLinksPreserved(context, target, "of a container that was never added");
}

async function demandLinksPreserved(context: ClauseContext, of: TestAttachment, where: string): Promise<void> {
  const before = stateLines(await readNetState(of.container.shell));
  const { ok, last } = await context.del(of);
  demand(ok, "DEL to succeed", describeCall(last));
  const after = stateLines(await readNetState(of.container.shell));
  const changed = before.filter((line) => !after.includes(line));
  demand(changed.length === 0, `links ${where} unchanged`, changed.join("; "));
}

interface InvalidPrevResult {
  /** Completes "a prevResult ...". */
  readonly description: string;
  readonly prevResult: JsonObject;
}

/** Values of prevResult that no plugin of this version prints. */
function invalidPrevResults(added: AddedAttachment): readonly InvalidPrevResult[] {
  return [
    { description: "of version 0.2.0", prevResult: { cniVersion: "0.2.0", ip4: { ip: "192.0.2.9/24" } } },
    {
      description: "with links that do not exist",
      prevResult: {
        ...added.raw,
        interfaces: [{ name: "nolink0", sandbox: MISSING_NETNS }, { name: "nolink1" }],
      },
    },
    {
      description: "with invalid types",
      prevResult: { cniVersion: "1.0.0", interfaces: 1, ips: "x", routes: { a: [] } },
    },
  ];
}

async function handlesInvalidPrevResult(context: ClauseContext): Promise<void> {
  const count = invalidPrevResults(await context.add()).length;
  for (let i = 0; i < count; i++) {
    const added = await context.add();
    const { description, prevResult } = invalidPrevResults(added)[i] as InvalidPrevResult;
    const call = await context.invokeTarget("DEL", added, { request: (request) => ({ ...request, prevResult }) });
    demand(
      succeeded(call.output) || reportedError(call) !== null,
      `DEL with a prevResult ${description} to succeed, or to fail with an error object`,
      describeCall(call),
    );
    await demandNoLease(context, added);
  }
}

async function succeedsWithoutDaemon(context: ClauseContext): Promise<void> {
  const { stopDaemon } = context.underTest;
  notApplicableUnless(stopDaemon !== undefined, NO_DAEMON);
  const added = await context.add();
  await run(context.testNode.shell, ["sh", "-ec", stopDaemon]);
  const call = await context.invokeTarget("DEL", asDelInput(context, added));
  demand(succeeded(call.output), "DEL without the plugin's daemon to succeed", describeCall(call));
  await demandNoLease(context, added);
}

export const delEdgeCases = withSharedFacts({ chain: "whole", needsChanges: true }, [
  {
    id: "del.undo",
    level: "SHOULD",
    kinds: ["chained"],
    section: SECTION,
    sentence: "DEL of a chained plugin restores what its ADD changed.",
    test: restoresChanges,
  },
  {
    id: "del.netns.reused",
    dependsOnVersion: false,
    level: "beyond",
    kinds: ["interface"],
    section: "-",
    sentence: "DEL does not affect another namespace that has taken over the container's path.",
    test: preservesOtherNamespace,
  },
  {
    id: "del.foreign",
    dependsOnVersion: false,
    level: "beyond",
    kinds: ["interface"],
    section: "-",
    sentence: "DEL does not affect a link named CNI_IFNAME that the plugin did not create.",
    test: preservesForeignLink,
  },
  {
    id: "del.prevresult.garbage",
    level: "beyond",
    since: "0.4.0",
    chain: "each",
    section: SECTION,
    sentence: "DEL with an invalid prevResult releases the address, and succeeds or fails with an error object.",
    test: handlesInvalidPrevResult,
  },
  {
    id: "del.dependency.down",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "0.3.0",
    section: SECTION,
    sentence: "DEL succeeds when the daemon that the plugin requires is stopped.",
    test: succeedsWithoutDaemon,
  },
]);
