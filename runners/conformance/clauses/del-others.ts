/** DEL: what belongs to others stays. */
import { saidBy } from "../answer.ts";
import { demand, need, type Clause } from "../clause.ts";
import { filesNaming } from "../leases.ts";
import { readNetState, stateLines } from "../state.ts";
import type { Added, Attachment, Trial } from "../trial.ts";
import { secondNetwork } from "../variants.ts";

/** What an attachment has: its namespace, the files that name its container, and whether CHECK is content. */
async function possessions(trial: Trial, { container }: Attachment): Promise<string[]> {
  return [...stateLines(await readNetState(container.shell)), ...(await filesNaming(trial, container.id)).map((path) => `file ${path}`)];
}

async function demandIntact(trial: Trial, added: Added, before: readonly string[], after: string): Promise<void> {
  const now = await possessions(trial, added);
  const gone = before.filter((line) => !now.includes(line));
  demand(gone.length === 0, `everything of ${added.container.id} ${added.ifName} as it was after ${after}`, `${gone.length} things are gone`, gone);
  if (!trial.atLeast("0.4.0")) return;
  const { ok, last } = await trial.check(added);
  demand(ok, `CHECK of ${added.container.id} ${added.ifName} to succeed after ${after}`, saidBy(last));
}

async function healthy(trial: Trial): Promise<Added> {
  const added = await trial.add();
  if (!trial.atLeast("0.4.0")) return added;
  const { ok, last } = await trial.check(added);
  need(ok, `CHECK does not succeed on an attachment that is well: ${saidBy(last)}`);
  return added;
}

async function keepsOthers(trial: Trial): Promise<void> {
  const stays = await healthy(trial);
  const goes = await trial.add();
  const before = await possessions(trial, stays);
  await trial.del(goes);
  await demandIntact(trial, stays, before, "DEL of another container");
}

/** Another container whose id begins with this one's, and ids that nobody has. */
async function matchesIds(trial: Trial): Promise<void> {
  const stays = await healthy(trial);
  const before = await possessions(trial, stays);
  for (const id of [stays.container.id.slice(0, -1), `${stays.container.id}0`, "nobody"]) await trial.del({ ...stays, ...(trial.subject.kinds.includes("chained") && { raw: null }), container: { ...stays.container, id, netns: "/run/netns/nowhere" } });
  await demandIntact(trial, stays, before, "DEL of other container ids");
}

/** Two interfaces of one container, the second of which is deleted; its own link and addresses do not count. */
async function keepsOtherInterface(trial: Trial, second: Trial, of: string): Promise<void> {
  const stays = await healthy(trial);
  const before = await possessions(trial, stays);
  const goes = await second.add(await second.attach(stays.container, "eth1"));
  const { ok, last } = await second.del(goes);
  demand(ok, `DEL of eth1 to succeed`, saidBy(last));
  await demandIntact(trial, stays, before, `DEL of eth1 ${of}`);
}

export const delOthers = [
  { id: "del.others", level: "derived", section: "2-DEL", sentence: "DEL leaves the other containers of the network alone.", test: keepsOthers },
  { id: "del.env.ids", level: "derived", since: "0.4.0", section: "2-DEL", sentence: "DEL of other container ids frees nothing of a container.", test: matchesIds },
  { id: "del.same-cid", level: "MUST", since: "0.4.0", section: "2-ADD", sentence: "DEL of one interface leaves the container's other interface alone.", test: (trial) => keepsOtherInterface(trial, trial, "of the same container") },
  { id: "del.other-network", level: "derived", since: "0.4.0", section: "0.4.0 Parameters", sentence: "DEL in one network leaves the container's other networks alone.", test: (trial) => keepsOtherInterface(trial, trial.with(secondNetwork(trial.subject.list)), "in another network") },
] as const satisfies readonly Clause[];
