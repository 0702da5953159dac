/** The state that DEL restores in the container and on the node, and namespaces that it must not touch. */
import { describeCall } from "./call-output.ts";
import { changedAttributes, readAttributes, type Attributes } from "../node/attributes.ts";
import { addBystander, demandUnaffected } from "./bystander.ts";
import { withSharedFacts } from "./clause.ts";
import { demand, notApplicableUnless, skipUnless } from "./demand.ts";
import { readNetState, stateLines } from "../node/net-state.ts";
import { addAndObserve } from "../node/observed.ts";
import { difference, takeSnapshot } from "../node/snapshot.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import { withNetns } from "./operations.ts";

async function runDel(context: ClauseContext, added: AddedAttachment): Promise<void> {
  const { ok, last } = await context.del(added);
  skipUnless(ok, `DEL fails: ${describeCall(last)}`);
}

/** The kernel assigns it when the loopback link is set up, and keeps it. */
const LOOPBACK_ADDRESS = "address 127.0.0.1/8 on lo ";

/** The lines of a snapshot about the container, and its kernel settings. */
async function readContainer(
  context: ClauseContext,
  of: TestAttachment,
): Promise<{ readonly lines: readonly string[]; readonly attributes: Attributes }> {
  const lines = (await takeSnapshot(context, { firewall: false })).filter(
    (line) => line.startsWith(`${of.container.name}: `) && !line.includes(LOOPBACK_ADDRESS),
  );
  return { lines, attributes: await readAttributes(of) };
}

async function restoresContainer(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const before = await readContainer(context, target);
  await runDel(context, await context.add(target));
  const after = await readContainer(context, target);
  const settings = changedAttributes(before.attributes, after.attributes);
  const left = [
    ...difference(before.lines, after.lines),
    ...settings.map((name) => `~ ${name}: was ${before.attributes.get(name)} before ADD`),
  ];
  demand(left.length === 0, "the container as it was before ADD", `${left.length} differences`, left);
}

/** A state that no program sets by default. */
const UNUSUAL_STATE = [["address", "02:00:5e:00:53:01"], ["mtu", "1410"], ["up"]] as const;

/** Finds the links that ADD moves, gives them an unusual state, and compares it after another ADD and DEL. */
async function returnsDevices(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  const { added, node, nodeBefore } = await addAndObserve(context);
  const moved = nodeBefore.links
    .map(({ name }) => name)
    .filter((name) => !node.links.some((link) => link.name === name));
  notApplicableUnless(moved.length > 0, "ADD moves no link of the node into the container");
  await runDel(context, added);
  const target = await context.createContainer();
  for (const name of moved)
    for (const change of UNUSUAL_STATE) await shell.exec(["ip", "link", "set", "dev", name, ...change]);
  const readMoved = async (): Promise<string[]> =>
    stateLines(await readNetState(shell)).filter((line) => moved.some((name) => line.startsWith(`link ${name}: `)));
  const before = await readMoved();
  await runDel(context, await context.add(target));
  const left = difference(before, await readMoved());
  demand(left.length === 0, `${moved.join(", ")} as before ADD`, `${left.length} differences`, left);
}

/** The first process of the test node is in the node's namespace. */
const NODE_NETNS = "/proc/1/ns/net";

/** Compares only what ADD did not change: DEL may remove the objects of the attachment. */
async function sparesNode(context: ClauseContext): Promise<void> {
  const { added, node, nodeBefore } = await addAndObserve(context);
  const own = stateLines(nodeBefore).filter((line) => stateLines(node).includes(line));
  await context.invokeTarget("DEL", withNetns(added, NODE_NETNS));
  const after = stateLines(await readNetState(context.testNode.shell));
  const missing = own.filter((line) => !after.includes(line));
  demand(missing.length === 0, "links, addresses, and routes of the node unchanged", missing.join("; "), missing);
}

async function sparesOtherContainer(context: ClauseContext): Promise<void> {
  const bystander = await addBystander(context);
  await context.invokeTarget("DEL", withNetns(await context.add(), bystander.added.container.netns));
  await demandUnaffected(context, bystander, "DEL of another container with this namespace");
}

export const delState = withSharedFacts({ dependsOnVersion: false, chain: "whole" }, [
  {
    id: "del.container.restored",
    level: "SHOULD",
    kinds: ["interface"],
    section: "2-DEL",
    sentence: "DEL leaves the container's namespace as it was before ADD.",
    test: restoresContainer,
  },
  {
    id: "del.device.returned",
    level: "SHOULD",
    kinds: ["interface"],
    section: "2-DEL",
    sentence: "DEL returns a link that ADD moved into the container with the name, MAC, MTU, and state that it had.",
    test: returnsDevices,
  },
  {
    id: "del.netns.node",
    level: "beyond",
    kinds: ["interface"],
    chain: "each",
    section: "-",
    sentence: "DEL with the node's namespace as CNI_NETNS does not affect the node.",
    test: sparesNode,
  },
  {
    id: "del.netns.other",
    level: "beyond",
    kinds: ["interface"],
    chain: "each",
    containers: "several",
    section: "-",
    sentence: "DEL with the namespace of another container as CNI_NETNS does not affect that container.",
    test: sparesOtherContainer,
  },
]);
