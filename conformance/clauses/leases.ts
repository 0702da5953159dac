/**
 * Leases and address pools: networks with a known pool, and leases observed from outside, by assigning the addresses
 * of a pool again or by files that mention a container.
 */
import { describeCall } from "./call-output.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import { difference } from "../node/snapshot.ts";
import { inspect } from "../node/recorder.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import { withPool, withSingleAddress } from "../under-test/network-variants.ts";

/** Prints the files of plugins whose name or content contains a string. */
const GREP_SCRIPT = `grep -rlsF -e "$1" /var/lib/cni /run/cni
find /var/lib/cni /run/cni -name "*$1*" 2>/dev/null; true`;

/** Files in which a plugin may keep state about the container. */
export async function filesMentioning(context: ClauseContext, id: string): Promise<string[]> {
  const found = await inspect(context.testNode.shell, GREP_SCRIPT, id);
  return [...new Set(found.split("\n").filter((line) => line !== ""))];
}

/**
 * @throws Deviation when a file still mentions the container; ignored for chained plugins, whose predecessors keep
 * files too
 */
export async function demandNoLease(context: ClauseContext, { container }: TestAttachment): Promise<void> {
  if (context.underTest.target > 0) return;
  const left = await filesMentioning(context, container.id);
  demand(left.length === 0, "no lease of the container", left.join(", "));
}

/** The context with a pool of one address; null when the plugin's pool cannot be set. */
export function singleAddressContext(context: ClauseContext): ClauseContext | null {
  const list = withSingleAddress(context.underTest.list);
  return list === null ? null : context.withNetwork(list);
}

/**
 * Checks that an action releases the address of an attachment: the address must be assignable again where the pool
 * can be limited to it; else the files of the plugin must be as before.
 * @param when completes the expectation, such as "after DEL"
 * @throws Deviation when the address is not released; Skip when that cannot be observed
 */
export async function demandLeaseReleased(
  context: ClauseContext,
  when: string,
  release: (context: ClauseContext, added: AddedAttachment) => Promise<void>,
): Promise<void> {
  // With an exclusive plugin, a second container would end the first.
  const small = context.underTest.exclusive ? null : singleAddressContext(context);
  if (small === null) return demandFilesReleased(context, when, release);
  const first = await small.add();
  const other = await small.createContainer();
  const full = await small.tryAdd(other);
  skipUnless(!full.ok, "the plugin serves two containers from a pool with one address");
  await small.del(other);
  await release(small, first);
  const again = await small.tryAdd(await small.createContainer());
  demand(again.ok, `the only address of the pool free again ${when}`, describeCall(again.last));
}

/** Compares the files of the plugin; a first cycle creates the files that may remain. */
async function demandFilesReleased(
  context: ClauseContext,
  when: string,
  release: (context: ClauseContext, added: AddedAttachment) => Promise<void>,
): Promise<void> {
  await context.del(await context.add());
  const before = await listPluginFiles(context);
  const added = await context.add();
  notApplicableUnless(
    (await listPluginFiles(context)).length > before.length,
    "leases cannot be observed: the plugin creates no file for a container",
  );
  await release(context, added);
  const left = difference(before, await listPluginFiles(context));
  demand(left.length === 0, `the plugin's files as before ADD ${when}`, `${left.length} changes`, left);
}

const FIND_SCRIPT = `find /var/lib/cni /run /tmp -path /run/netns -prune \\
  -o -path /tmp/.node -prune -o -path /tmp/.cnibench -prune -o -type f -print | sort`;

/** Names of the files of plugins. Their content is not compared: a file that may remain may change. */
export async function listPluginFiles(context: ClauseContext): Promise<string[]> {
  return (await inspect(context.testNode.shell, FIND_SCRIPT)).split("\n").filter((line) => line !== "");
}

export const NO_POOL = "the address pool is not set by subnet or ranges";

/** The network with one range for each subnet. @throws NotApplicable when its pool cannot be set */
export function withSubnets(context: ClauseContext, ...subnets: readonly string[]): ClauseContext {
  const list = withPool(context.underTest.list, ...subnets);
  notApplicableUnless(list !== null, NO_POOL);
  return context.withNetwork(list);
}

/** The network with a pool of one address. @throws NotApplicable when its pool cannot be set */
export function withOneAddress(context: ClauseContext): ClauseContext {
  const single = singleAddressContext(context);
  notApplicableUnless(single !== null, NO_POOL);
  return single;
}
