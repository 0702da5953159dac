/** DEL: does not affect other containers, interfaces and networks. */
import { addressOf } from "../../core/ip.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import { filesMentioning } from "./leases.ts";
import { takeSnapshot } from "../node/snapshot.ts";
import { readNetState, stateLines } from "../node/net-state.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { NO_SECOND_RANGE, hasOwnRange, secondNetwork } from "../under-test/network-variants.ts";
import { MISSING_NETNS } from "./operations.ts";

/** An attachment that DEL of others must not affect, and its state. */
interface Bystander {
  readonly added: AddedAttachment;
  readonly state: readonly string[];
  readonly checkSucceeds: boolean;
}

/** The state of its namespace, and the files and firewall rules that mention its container or address. */
async function stateOf(context: ClauseContext, { container, result }: AddedAttachment): Promise<string[]> {
  const names = [container.id, ...result.ips.map(({ address }) => addressOf(address))];
  const rules = (await takeSnapshot(context)).filter(
    (line) =>
      /^node: (iptables|ip6tables|nft) /.test(line) &&
      names.some((name) => new RegExp(`(^|[^\\w.-])${name.replaceAll(".", "\\.")}([^\\w.-]|$)`).test(line)),
  );
  return [
    ...stateLines(await readNetState(container.shell)),
    ...(await filesMentioning(context, container.id)).map((path) => `file ${path}`),
    ...rules,
  ];
}

async function addBystander(context: ClauseContext): Promise<Bystander> {
  const added = await context.add();
  const checkSucceeds = context.atLeast("0.4.0") && (await context.check(added)).ok;
  return { added, state: await stateOf(context, added), checkSucceeds };
}

async function demandUnaffected(
  context: ClauseContext,
  { added, state, checkSucceeds }: Bystander,
  event: string,
): Promise<void> {
  const now = await stateOf(context, added);
  const missing = state.filter((line) => !now.includes(line));
  demand(
    missing.length === 0,
    `${added.container.id} ${added.ifName} unchanged after ${event}`,
    `${missing.length} objects missing`,
    missing,
  );
  if (!checkSucceeds) return;
  const { ok, last } = await context.check(added);
  demand(ok, `CHECK of ${added.container.id} ${added.ifName} to succeed after ${event}`, describeCall(last));
}

async function preservesOthers(context: ClauseContext): Promise<void> {
  const bystander = await addBystander(context);
  await context.del(await context.add());
  await demandUnaffected(context, bystander, "DEL of another container");
}

/** DEL with a prefix of the container ID, a longer ID, and an unknown ID. */
async function distinguishesIds(context: ClauseContext): Promise<void> {
  const bystander = await addBystander(context);
  const { container } = bystander.added;
  for (const id of [container.id.slice(0, -1), `${container.id}0`, "unknown"]) {
    await context.del({
      ...bystander.added,
      ...(context.underTest.kinds.includes("chained") && { raw: null }),
      container: { ...container, id, netns: MISSING_NETNS },
    });
  }
  await demandUnaffected(context, bystander, "DEL of other container IDs");
}

async function preservesOtherNetwork(context: ClauseContext): Promise<void> {
  const second = context.withNetwork(secondNetwork(context.underTest.list));
  await preservesOtherInterface(context, second, "in another network");
  // The same container ID and interface name in both networks, which differ only in the network name.
  const bystander = await addBystander(context);
  const other = await second.createContainer();
  const same = { ...other, container: { ...other.container, id: bystander.added.container.id } };
  const added = await second.tryAdd(same);
  notApplicableUnless(added.ok || hasOwnRange(context.underTest.list), NO_SECOND_RANGE);
  demand(added.ok, "ADD of the same IDs in another network to succeed", describeCall(added.last));
  const { ok, last } = await second.del({ ...same, raw: added.raw });
  demand(ok, "DEL of the same IDs in another network to succeed", describeCall(last));
  await demandUnaffected(context, bystander, "DEL of the same IDs in another network");
}

/** Adds eth0 and eth1 of one container and deletes eth1. */
async function preservesOtherInterface(context: ClauseContext, second: ClauseContext, location: string): Promise<void> {
  const bystander = await addBystander(context);
  const deleted = await second.add(await second.attach(bystander.added.container, "eth1"));
  const { ok, last } = await second.del(deleted);
  demand(ok, "DEL of eth1 to succeed", describeCall(last));
  await demandUnaffected(context, bystander, `DEL of eth1 ${location}`);
}

export const delIsolation = withSharedFacts({ chain: "whole", containers: "several", needsChanges: true }, [
  {
    id: "del.others",
    level: "derived",
    node: true,
    section: "2-DEL",
    sentence: "DEL does not affect other containers in the network.",
    test: preservesOthers,
  },
  {
    id: "del.env.ids",
    level: "derived",
    since: "0.4.0",
    section: "2-DEL",
    sentence: "DEL with other container IDs does not affect a container.",
    test: distinguishesIds,
  },
  {
    id: "del.same-cid",
    level: "MUST",
    since: "0.4.0",
    node: true,
    section: "2-ADD",
    sentence: "DEL of one interface does not affect the container's other interface.",
    test: (context) => preservesOtherInterface(context, context, "of the same container"),
  },
  {
    id: "del.other-network",
    level: "derived",
    since: "0.4.0",
    section: "0.4.0 Parameters",
    sentence: "DEL in one network does not affect the container's other networks.",
    test: preservesOtherNetwork,
  },
]);
