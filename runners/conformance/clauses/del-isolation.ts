/** DEL: what belongs to others stays. */
import { saidBy } from "../answer.ts";
import { concerns, demand, type Clause } from "../clause.ts";
import { filesNaming } from "../leases.ts";
import { snapshot } from "../snapshot.ts";
import { readNetState, stateLines } from "../state.ts";
import type { Added, Trial } from "../trial.ts";
import { ONE_RANGE, hasOwnRange, secondNetwork } from "../variants.ts";

/** An attachment, what it has, and whether CHECK is content with it. */
interface Bystander {
  readonly added: Added;
  readonly state: readonly string[];
  readonly checkSucceeds: boolean;
}

/** Its namespace, the files and firewall rules that name its container or address. */
async function stateOf(trial: Trial, { container, result }: Added): Promise<string[]> {
  const names = [container.id, ...result.ips.map(({ address }) => address.split("/")[0] ?? "")];
  const rules = (await snapshot(trial)).filter(
    (line) =>
      /^node: (iptables|ip6tables|nft) /.test(line) &&
      names.some((name) => new RegExp(`(^|[^\\w.-])${name.replaceAll(".", "\\.")}([^\\w.-]|$)`).test(line)),
  );
  return [
    ...stateLines(await readNetState(container.shell)),
    ...(await filesNaming(trial, container.id)).map((path) => `file ${path}`),
    ...rules,
  ];
}

async function addBystander(trial: Trial): Promise<Bystander> {
  const added = await trial.add();
  const checks = trial.atLeast("0.4.0") && (await trial.check(added)).ok;
  return { added, state: await stateOf(trial, added), checkSucceeds: checks };
}

async function demandIntact(
  trial: Trial,
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
  demand(ok, `CHECK of ${added.container.id} ${added.ifName} to succeed after ${after}`, saidBy(last));
}

async function keepsOthers(trial: Trial): Promise<void> {
  const stays = await addBystander(trial);
  const goes = await trial.add();
  await trial.del(goes);
  await demandIntact(trial, stays, "DEL of another container");
}

/** Another container whose id begins with this one's, and ids that nobody has. */
async function matchesIds(trial: Trial): Promise<void> {
  const stays = await addBystander(trial);
  const { container } = stays.added;
  for (const id of [container.id.slice(0, -1), `${container.id}0`, "nobody"]) {
    await trial.del({
      ...stays.added,
      ...(trial.subject.kinds.includes("chained") && { raw: null }),
      container: { ...container, id, netns: "/run/netns/nowhere" },
    });
  }
  await demandIntact(trial, stays, "DEL of other container ids");
}

async function keepsOtherNetwork(trial: Trial): Promise<void> {
  const second = trial.with(secondNetwork(trial.subject.list));
  await keepsOtherInterface(trial, second, "in another network");
  // The same ids in both networks, which only the network's name tells apart.
  const stays = await addBystander(trial);
  const other = await second.container();
  const same = { ...other, container: { ...other.container, id: stays.added.container.id } };
  const added = await second.tryAdd(same);
  concerns(added.ok || hasOwnRange(trial.subject.list), ONE_RANGE);
  demand(added.ok, "ADD of the same ids in another network to succeed", saidBy(added.last));
  const { ok, last } = await second.del({ ...same, raw: added.raw });
  demand(ok, "DEL of the same ids in another network to succeed", saidBy(last));
  await demandIntact(trial, stays, "DEL of the same ids in another network");
}

/** Two interfaces of one container, the second of which is deleted; its own link and addresses do not count. */
async function keepsOtherInterface(trial: Trial, second: Trial, of: string): Promise<void> {
  const stays = await addBystander(trial);
  const goes = await second.add(await second.attach(stays.added.container, "eth1"));
  const { ok, last } = await second.del(goes);
  demand(ok, `DEL of eth1 to succeed`, saidBy(last));
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
