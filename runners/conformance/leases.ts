/** Reservations of addresses, seen from outside: by handing the pool out again, or by the files that name a container. */
import { describeCall } from "./plugin-output.ts";
import { notApplicableUnless, demand, skipUnless } from "./clause.ts";
import { difference } from "./snapshot.ts";
import { inspect } from "./recorder.ts";
import type { AddedAttachment, Attachment, ClauseContext } from "./clause-context.ts";
import { withSingleAddress } from "./network-variants.ts";

/** Prints the files of plugins whose name or text has the word. */
const GREP_SCRIPT = `grep -rlsF -e "$1" /var/lib/cni /run/cni; find /var/lib/cni /run/cni -name "*$1*" 2>/dev/null; true`;

/** Files in which a plugin may have noted something about the container. */
export async function filesMentioning(context: ClauseContext, id: string): Promise<string[]> {
  const found = await inspect(context.testNode.shell, GREP_SCRIPT, id);
  return [...new Set(found.split("\n").filter((line) => line !== ""))];
}

/** @throws Deviation when a file of the plugin still names the container. What plugins before it keep is theirs. */
export async function demandNoLease(context: ClauseContext, { container }: Attachment): Promise<void> {
  if (context.underTest.target > 0) return;
  const left = await filesMentioning(context, container.id);
  demand(left.length === 0, "no reservation of the container", left.join(", "));
}

/** A network with one address; null where the plugin's pool cannot be set, so that only its files can tell. */
export function singleAddressContext(context: ClauseContext): ClauseContext | null {
  const list = withSingleAddress(context.underTest.list);
  return list === null ? null : context.withNetwork(list);
}

/**
 * Whether a deed gives the address of an attachment back: shown by handing it out again, where the pool can be made small.
 * @throws Deviation when it does not; Skip when that cannot be seen.
 */
export async function demandLeaseReleased(
  context: ClauseContext,
  when: string,
  release: (trial: ClauseContext, added: AddedAttachment) => Promise<void>,
): Promise<void> {
  // Of an exclusive plugin, trying another container would end the first.
  const small = context.underTest.exclusive ? null : singleAddressContext(context);
  if (small === null) return demandFilesReleased(context, when, release);
  const first = await small.add();
  const other = await small.createContainer();
  const full = await small.tryAdd(other);
  skipUnless(!full.ok, "a pool with one address serves two containers");
  await small.del(other);
  await release(small, first);
  const again = await small.tryAdd(await small.createContainer());
  demand(again.ok, `the only address of the pool free again ${when}`, describeCall(again.last));
}

/** Files that name the container are a reservation that nobody will free. The first cycle makes what may stay. */
async function demandFilesReleased(
  context: ClauseContext,
  when: string,
  release: (trial: ClauseContext, added: AddedAttachment) => Promise<void>,
): Promise<void> {
  await context.del(await context.add());
  const before = await listPluginFiles(context);
  const added = await context.add();
  notApplicableUnless(
    (await listPluginFiles(context)).length > before.length,
    "how the plugin keeps addresses cannot be seen: it makes no file for a container",
  );
  await release(context, added);
  const left = difference(before, await listPluginFiles(context));
  demand(left.length === 0, `the plugin's files as before ADD ${when}`, `${left.length} changes`, left);
}

const FIND_SCRIPT =
  "find /var/lib/cni /run /tmp -path /run/netns -prune -o -path /tmp/.etc -prune -o -path /tmp/.cnibench -prune -o -type f -print | sort";

/** The plugins' files by name: what a file that may stay says is the plugin's affair. */
export async function listPluginFiles(context: ClauseContext): Promise<string[]> {
  return (await inspect(context.testNode.shell, FIND_SCRIPT)).split("\n").filter((line) => line !== "");
}
