/** DEL: takes away what ADD made, and may be called more than once, or for nothing. */
import { demand, need, type Clause } from "../clause.ts";
import { onePod } from "../pool.ts";
import { difference, snapshot } from "../snapshot.ts";
import { readNetState } from "../state.ts";
import { saidBy, type Trial } from "../trial.ts";
import { addAndLook, containerLink } from "../truth.ts";

const SECTION = "2-DEL";

async function succeeds(trial: Trial): Promise<void> {
  const { ok, last } = await trial.del(await trial.add());
  demand(ok, "DEL to succeed after ADD", saidBy(last));
}

async function deletesLink(trial: Trial): Promise<void> {
  const truth = await addAndLook(trial);
  const link = containerLink(truth);
  const end = truth.node.links.find(({ index, peer, peerElsewhere }) => link.peerElsewhere && peerElsewhere && index === link.peer && peer === link.index);
  await trial.del(truth.added);
  const inside = (await readNetState(truth.added.container.shell)).links;
  demand(!inside.some(({ name }) => name === link.name), `no ${link.name} in the container after DEL`, `${link.name} is still there`);
  const node = (await readNetState(trial.surroundings.shell)).links;
  demand(!node.some(({ index }) => index === end?.index), `the other end ${end?.name ?? ""} gone from the node after DEL`, "it is still there");
}

/** With room for one pod, a second ADD works only if DEL gave the address back; else the plugin's files must tell. */
async function freesAddress(trial: Trial): Promise<void> {
  const small = onePod(trial.subject.list);
  if (small === null) return leavesNoRecord(trial);
  const only = trial.speaking(small);
  const first = await only.add();
  const other = await only.container();
  const full = await only.tryAdd(other);
  need(!full.ok, "a pool with one address serves two containers");
  await only.del(other);
  await only.del(first);
  const again = await only.tryAdd(await only.container());
  demand(again.ok, "the only address of the pool free again after DEL", saidBy(again.last));
}

/** Files that name the container are a reservation that nobody will free. The first cycle makes what may stay. */
async function leavesNoRecord(trial: Trial): Promise<void> {
  await trial.del(await trial.add());
  const before = await filesOf(trial);
  const added = await trial.add();
  need((await filesOf(trial)).length > before.length, "how the plugin keeps addresses cannot be seen: it makes no file for a container");
  await trial.del(added);
  const left = difference(before, await filesOf(trial));
  demand(left.length === 0, "the plugin's files as before ADD", `${left.length} changes`, left);
}

/** Names only: what a file that may stay says is the plugin's affair. */
async function filesOf(trial: Trial): Promise<string[]> {
  const lines = await snapshot(trial);
  return lines.flatMap((line) => /^node: file \d+ \d+ (.*)$/.exec(line)?.[1] ?? []);
}

async function mayBeRepeated(trial: Trial): Promise<void> {
  const added = await trial.add();
  const first = await trial.del(added);
  need(first.ok, `the first DEL fails: ${saidBy(first.last)}`);
  for (const count of ["second", "third"]) {
    const { ok, last } = await trial.del(added);
    demand(ok, `a ${count} DEL to succeed`, saidBy(last));
  }
}

async function forgivesUnknown(trial: Trial): Promise<void> {
  const { ok, last } = await trial.del(await trial.container());
  demand(ok, "DEL of a container that was never added to succeed", saidBy(last));
}

export const del = [
  { id: "del.ok", level: "MUST", section: SECTION, sentence: "DEL succeeds after ADD.", test: succeeds },
  { id: "del.link", level: "MUST", kinds: ["interface"], section: SECTION, sentence: "DEL removes CNI_IFNAME and its other end.", test: deletesLink },
  { id: "del.lease", level: "derived", kinds: ["interface", "ipam", "delegating"], section: SECTION, sentence: "DEL gives the address back.", test: freesAddress },
  { id: "del.idempotent", level: "MUST", earlier: { before: "1.0.0", level: "SHOULD" }, since: "0.3.0", section: SECTION, sentence: "DEL may be called again.", test: mayBeRepeated },
  { id: "del.never-added", level: "MUST", earlier: { before: "1.0.0", level: "SHOULD" }, since: "0.3.0", section: SECTION, sentence: "DEL of what was never added succeeds.", test: forgivesUnknown },
] as const satisfies readonly Clause[];
