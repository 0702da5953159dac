/** DEL: what belongs to others stays. */
import { describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, type Clause } from "../clause.ts";
import { filesMentioning } from "../leases.ts";
import { takeSnapshot } from "../snapshot.ts";
import { readNetState, stateLines } from "../net-state.ts";
import type { AddedAttachment, ClauseContext } from "../clause-context.ts";
import { NO_SECOND_RANGE, hasOwnRange, secondNetwork } from "../network-variants.ts";

/** An attachment, what it has, and whether CHECK is content with it. */
interface Bystander {
  readonly added: AddedAttachment;
  readonly state: readonly string[];
  readonly checkSucceeds: boolean;
}

/** Its namespace, the files and firewall rules that name its container or address. */
async function stateOf(context: ClauseContext, { container, result }: AddedAttachment): Promise<string[]> {
  const names = [container.id, ...result.ips.map(({ address }) => address.split("/")[0] ?? "")];
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
  const checks = context.atLeast("0.4.0") && (await context.check(added)).ok;
  return { added, state: await stateOf(context, added), checkSucceeds: checks };
}

async function demandIntact(
  context: ClauseContext,
  { added, state: possessions, checkSucceeds: checks }: Bystander,
  after: string,
): Promise<void> {
  const now = await stateOf(context, added);
  const gone = possessions.filter((line) => !now.includes(line));
  demand(
    gone.length === 0,
    `everything of ${added.container.id} ${added.ifName} as it was after ${after}`,
    `${gone.length} things are gone`,
    gone,
  );
  if (!checks) return;
  const { ok, last } = await context.check(added);
  demand(ok, `CHECK of ${added.container.id} ${added.ifName} to succeed after ${after}`, describeCall(last));
}

async function keepsOthers(context: ClauseContext): Promise<void> {
  const stays = await addBystander(context);
  const goes = await context.add();
  await context.del(goes);
  await demandIntact(context, stays, "DEL of another container");
}

/** Another container whose id begins with this one's, and ids that nobody has. */
async function matchesIds(context: ClauseContext): Promise<void> {
  const stays = await addBystander(context);
  const { container } = stays.added;
  for (const id of [container.id.slice(0, -1), `${container.id}0`, "nobody"]) {
    await context.del({
      ...stays.added,
      ...(context.underTest.kinds.includes("chained") && { raw: null }),
      container: { ...container, id, netns: "/run/netns/nowhere" },
    });
  }
  await demandIntact(context, stays, "DEL of other container ids");
}

async function keepsOtherNetwork(context: ClauseContext): Promise<void> {
  const second = context.withNetwork(secondNetwork(context.underTest.list));
  await keepsOtherInterface(context, second, "in another network");
  // The same ids in both networks, which only the network's name tells apart.
  const stays = await addBystander(context);
  const other = await second.createContainer();
  const same = { ...other, container: { ...other.container, id: stays.added.container.id } };
  const added = await second.tryAdd(same);
  notApplicableUnless(added.ok || hasOwnRange(context.underTest.list), NO_SECOND_RANGE);
  demand(added.ok, "ADD of the same ids in another network to succeed", describeCall(added.last));
  const { ok, last } = await second.del({ ...same, raw: added.raw });
  demand(ok, "DEL of the same ids in another network to succeed", describeCall(last));
  await demandIntact(context, stays, "DEL of the same ids in another network");
}

/** Two interfaces of one container, the second of which is deleted; its own link and addresses do not count. */
async function keepsOtherInterface(context: ClauseContext, second: ClauseContext, of: string): Promise<void> {
  const stays = await addBystander(context);
  const goes = await second.add(await second.attach(stays.added.container, "eth1"));
  const { ok, last } = await second.del(goes);
  demand(ok, `DEL of eth1 to succeed`, describeCall(last));
  await demandIntact(context, stays, `DEL of eth1 ${of}`);
}

export const delIsolation = [
  {
    id: "del.others",
    level: "derived",
    section: "2-DEL",
    sentence: "DEL does not affect other containers in the network.",
    test: keepsOthers,
  },
  {
    id: "del.env.ids",
    level: "derived",
    since: "0.4.0",
    section: "2-DEL",
    sentence: "DEL with other container IDs does not affect a container.",
    test: matchesIds,
  },
  {
    id: "del.same-cid",
    level: "MUST",
    since: "0.4.0",
    section: "2-ADD",
    sentence: "DEL of one interface does not affect the container's other interface.",
    test: (context) => keepsOtherInterface(context, context, "of the same container"),
  },
  {
    id: "del.other-network",
    level: "derived",
    since: "0.4.0",
    section: "0.4.0 Parameters",
    sentence: "DEL in one network does not affect the container's other networks.",
    test: keepsOtherNetwork,
  },
] as const satisfies readonly Clause[];
