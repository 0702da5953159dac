/**
 * Leases and address pools: networks with a known pool, and leases observed from outside, by assigning the addresses
 * of a pool again or by files that mention a container.
 */
import { describeCall } from "./call-output.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import { difference } from "../node/snapshot.ts";
import { filesMentioning, listPluginFiles, observeLeases, remainingLeases } from "./lease-files.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import { withAddresses, withPool } from "../under-test/network-variants.ts";

/**
 * @throws Deviation when a file still mentions the container; ignored for chained plugins, whose predecessors keep
 * files too
 */
export async function demandNoLease(context: ClauseContext, { container }: TestAttachment): Promise<void> {
  if (context.underTest.target > 0) return;
  const left = await remainingLeases(context, container);
  demand(left.length === 0, "no lease of the container", left.join(", "));
}

/** The context with a pool of one address; null when the plugin's pool cannot be set. */
export function singleAddressContext(context: ClauseContext): ClauseContext | null {
  const list = withAddresses(context.underTest.list, 1);
  return list === null ? null : context.withNetwork(list);
}

/**
 * Releases an address.
 * @param others attachments that remain
 */
type Release = (context: ClauseContext, added: AddedAttachment, others: readonly AddedAttachment[]) => Promise<void>;

/**
 * Checks that an action releases the address of an attachment: the address must be assignable again where the pool
 * can be limited to it; else the files of the plugin must be as before.
 * @param when completes the expectation, such as "after DEL"
 * @param others `one`: another container keeps its address. Default: `none`
 * @throws Deviation when the address is not released; Skip when that cannot be observed
 */
export async function demandLeaseReleased(
  context: ClauseContext,
  when: string,
  release: Release,
  others: "none" | "one" = "none",
): Promise<void> {
  // With an exclusive plugin, a second container would end the first.
  const list = context.underTest.exclusive ? null : withAddresses(context.underTest.list, others === "one" ? 2 : 1);
  if (list === null) return demandFilesReleased(context, when, release, others);
  const small = context.withNetwork(list);
  const kept = others === "one" ? [await small.add()] : [];
  const first = await small.add();
  const other = await small.createContainer();
  const full = await small.tryAdd(other);
  skipUnless(!full.ok, "the plugin serves more containers than the pool has addresses");
  await small.del(other);
  await release(small, first, kept);
  const again = await small.tryAdd(await small.createContainer());
  demand(again.ok, `an address of the exhausted pool free again ${when}`, describeCall(again.last));
}

/** Compares the files of the plugin, and their mentions of the container. */
async function demandFilesReleased(
  context: ClauseContext,
  when: string,
  release: Release,
  others: "none" | "one",
): Promise<void> {
  // The container in this also causes the files that may remain.
  const isLease = await observeLeases(context);
  const kept = others === "one" ? [await context.add()] : [];
  const before = await listPluginFiles(context);
  const added = await context.add();
  const readState = async (): Promise<string[]> => [
    ...(await listPluginFiles(context)),
    ...(await filesMentioning(context, added.container))
      .filter(isLease)
      .map((file) => `${file} mentions the container`),
  ];
  notApplicableUnless(
    (await readState()).length > before.length,
    "leases cannot be observed: the plugin keeps no file for a container",
  );
  await release(context, added, kept);
  const left = difference(before, await readState());
  demand(left.length === 0, `the plugin's files as before ADD ${when}`, `${left.length} changes`, left);
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
