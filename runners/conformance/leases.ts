/** Reservations of addresses, seen from outside: by handing the pool out again, or by the files that name a container. */
import { saidBy } from "./answer.ts";
import { concerns, demand, need } from "./clause.ts";
import { difference } from "./snapshot.ts";
import { look } from "./steps.ts";
import type { Added, Attachment, Trial } from "./trial.ts";
import { withOneAddress } from "./variants.ts";

/** Prints the files of plugins whose name or text has the word. */
const GREP = `grep -rlsF -e "$1" /var/lib/cni /run/cni; find /var/lib/cni /run/cni -name "*$1*" 2>/dev/null; true`;

/** Files in which a plugin may have noted something about the container. */
export async function filesNaming(trial: Trial, id: string): Promise<string[]> {
  const found = await look(trial.surroundings.shell, GREP, id);
  return [...new Set(found.split("\n").filter((line) => line !== ""))];
}

/** @throws Deviation when a file of the plugin still names the container. What plugins before it keep is theirs. */
export async function keepsNoLease(trial: Trial, { container }: Attachment): Promise<void> {
  if (trial.subject.target > 0) return;
  const left = await filesNaming(trial, container.id);
  demand(left.length === 0, "no reservation of the container", left.join(", "));
}

/** A network with one address; null where the plugin's pool cannot be set, so that only its files can tell. */
export function onlyAddress(trial: Trial): Trial | null {
  const list = withOneAddress(trial.subject.list);
  return list === null ? null : trial.with(list);
}

/**
 * Whether a deed gives the address of an attachment back: shown by handing it out again, where the pool can be made small.
 * @throws Deviation when it does not; Skip when that cannot be seen.
 */
export async function demandFreed(
  trial: Trial,
  when: string,
  deed: (trial: Trial, added: Added) => Promise<void>,
): Promise<void> {
  // Of an exclusive plugin, trying another container would end the first.
  const small = trial.subject.exclusive ? null : onlyAddress(trial);
  if (small === null) return demandNoFiles(trial, when, deed);
  const first = await small.add();
  const other = await small.container();
  const full = await small.tryAdd(other);
  need(!full.ok, "a pool with one address serves two containers");
  await small.del(other);
  await deed(small, first);
  const again = await small.tryAdd(await small.container());
  demand(again.ok, `the only address of the pool free again ${when}`, saidBy(again.last));
}

/** Files that name the container are a reservation that nobody will free. The first cycle makes what may stay. */
async function demandNoFiles(
  trial: Trial,
  when: string,
  deed: (trial: Trial, added: Added) => Promise<void>,
): Promise<void> {
  await trial.del(await trial.add());
  const before = await fileNames(trial);
  const added = await trial.add();
  concerns(
    (await fileNames(trial)).length > before.length,
    "how the plugin keeps addresses cannot be seen: it makes no file for a container",
  );
  await deed(trial, added);
  const left = difference(before, await fileNames(trial));
  demand(left.length === 0, `the plugin's files as before ADD ${when}`, `${left.length} changes`, left);
}

const FIND =
  "find /var/lib/cni /run /tmp -path /run/netns -prune -o -path /tmp/.etc -prune -o -path /tmp/.cnibench -prune -o -type f -print | sort";

/** The plugins' files by name: what a file that may stay says is the plugin's affair. */
export async function fileNames(trial: Trial): Promise<string[]> {
  return (await look(trial.surroundings.shell, FIND)).split("\n").filter((line) => line !== "");
}
