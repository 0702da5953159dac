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
async function stateOf(trial: ClauseContext, { container, result }: AddedAttachment): Promise<string[]> {
  const names = [container.id, ...result.ips.map(({ address }) => address.split("/")[0] ?? "")];
  const rules = (await takeSnapshot(trial)).filter(
    (line) =>
      /^node: (iptables|ip6tables|nft) /.test(line) &&
      names.some((name) => new RegExp(`(^|[^\\w.-])${name.replaceAll(".", "\\.")}([^\\w.-]|$)`).test(line)),
  );
  return [
    ...stateLines(await readNetState(container.shell)),
    ...(await filesMentioning(trial, container.id)).map((path) => `file ${path}`),
    ...rules,
  ];
}

async function addBystander(trial: ClauseContext): Promise<Bystander> {
  const added = await trial.add();
  const checks = trial.atLeast("0.4.0") && (await trial.check(added)).ok;
  return { added, state: await stateOf(trial, added), checkSucceeds: checks };
}

async function demandIntact(
  trial: ClauseContext,
  { added, state: possessions, checkSucceeds: checks }: Bystander,
  after: string,
): Promise<void> {
  const now = await stateOf(trial, added);
  const gone = possessions.filter((line) => !now.includes(line));
  demand(
    gone.length === 0,
    `everything of ${added.container.id} ${added.ifName} as it was after ${after}`,
    `${gone.length} things are gone`,
    gone,
  );
  if (!checks) return;
  const { ok, last } = await trial.check(added);
  demand(ok, `CHECK of ${added.container.id} ${added.ifName} to succeed after ${after}`, describeCall(last));
}

async function keepsOthers(trial: ClauseContext): Promise<void> {
  const stays = await addBystander(trial);
  const goes = await trial.add();
  await trial.del(goes);
  await demandIntact(trial, stays, "DEL of another container");
}

/** Another container whose id begins with this one's, and ids that nobody has. */
async function matchesIds(trial: ClauseContext): Promise<void> {
  const stays = await addBystander(trial);
  const { container } = stays.added;
  for (const id of [container.id.slice(0, -1), `${container.id}0`, "nobody"]) {
    await trial.del({
      ...stays.added,
      ...(trial.underTest.kinds.includes("chained") && { raw: null }),
      container: { ...container, id, netns: "/run/netns/nowhere" },
    });
  }
  await demandIntact(trial, stays, "DEL of other container ids");
}

async function keepsOtherNetwork(trial: ClauseContext): Promise<void> {
  const second = trial.withNetwork(secondNetwork(trial.underTest.list));
  await keepsOtherInterface(trial, second, "in another network");
  // The same ids in both networks, which only the network's name tells apart.
  const stays = await addBystander(trial);
  const other = await second.createContainer();
  const same = { ...other, container: { ...other.container, id: stays.added.container.id } };
  const added = await second.tryAdd(same);
  notApplicableUnless(added.ok || hasOwnRange(trial.underTest.list), NO_SECOND_RANGE);
  demand(added.ok, "ADD of the same ids in another network to succeed", describeCall(added.last));
  const { ok, last } = await second.del({ ...same, raw: added.raw });
  demand(ok, "DEL of the same ids in another network to succeed", describeCall(last));
  await demandIntact(trial, stays, "DEL of the same ids in another network");
}

/** Two interfaces of one container, the second of which is deleted; its own link and addresses do not count. */
async function keepsOtherInterface(trial: ClauseContext, second: ClauseContext, of: string): Promise<void> {
  const stays = await addBystander(trial);
  const goes = await second.add(await second.attach(stays.added.container, "eth1"));
  const { ok, last } = await second.del(goes);
  demand(ok, `DEL of eth1 to succeed`, describeCall(last));
  await demandIntact(trial, stays, `DEL of eth1 ${of}`);
}

export const delIsolation = [
  {
    id: "del.others",
    level: "derived",
    section: "2-DEL",
    sentence: "DEL leaves the other containers of the network alone.",
    test: keepsOthers,
  },
  {
    id: "del.env.ids",
    level: "derived",
    since: "0.4.0",
    section: "2-DEL",
    sentence: "DEL of other container ids frees nothing of a container.",
    test: matchesIds,
  },
  {
    id: "del.same-cid",
    level: "MUST",
    since: "0.4.0",
    section: "2-ADD",
    sentence: "DEL of one interface leaves the container's other interface alone.",
    test: (trial) => keepsOtherInterface(trial, trial, "of the same container"),
  },
  {
    id: "del.other-network",
    level: "derived",
    since: "0.4.0",
    section: "0.4.0 Parameters",
    sentence: "DEL in one network leaves the container's other networks alone.",
    test: keepsOtherNetwork,
  },
] as const satisfies readonly Clause[];
