/** Runs ADD and observes the kernel state around it, for clauses that compare a result with the kernel. */
import { skipUnless } from "../clauses/demand.ts";
import { oncePerNetwork } from "../clauses/once-per-network.ts";
import { readNetState, type Link, type NetState } from "./net-state.ts";
import type { ClauseContext } from "../clauses/clause-context.ts";
import type { AddedAttachment, TestAttachment } from "../clauses/attachment.ts";

/** The namespaces of the container and of the node, before and after ADD. */
export interface ObservedAdd {
  readonly added: AddedAttachment;
  readonly insideBefore: NetState;
  readonly inside: NetState;
  readonly nodeBefore: NetState;
  readonly node: NetState;
}

/**
 * An interface name that neither runtimes nor the node use, so that a link with a wrong name or namespace is found.
 */
export function unusualIfName({ underTest }: ClauseContext): string {
  return underTest.ifName === "eth0" ? "net7" : underTest.ifName;
}

/** Adds a container. @throws Skip when ADD fails */
export async function addAndObserve(context: ClauseContext, ifName?: string): Promise<ObservedAdd> {
  const target = await context.createContainer(ifName);
  const [insideBefore, nodeBefore] = await readNamespaces(context, target);
  const added = await context.add(target);
  const [inside, node] = await readNamespaces(context, target);
  return { added, inside, node, insideBefore, nodeBefore };
}

/** The same once for all clauses that only compare the result with the namespaces. @throws Skip when ADD fails */
export function observeAddOnce(context: ClauseContext, ifName = context.underTest.ifName): Promise<ObservedAdd> {
  return oncePerNetwork(context, `ADD of ${ifName}`, () => addAndObserve(context, ifName));
}

/** Reads the namespaces of the container and of the node. */
export async function readNamespaces(
  context: ClauseContext,
  { container }: TestAttachment,
): Promise<readonly [inside: NetState, node: NetState]> {
  return Promise.all([readNetState(container.shell), readNetState(context.testNode.shell)]);
}

/** The new link in the container. @throws Skip when it does not exist; add.creates judges that */
export function containerLink({ added, inside }: ObservedAdd): Link {
  const link = inside.links.find(({ name }) => name === added.ifName);
  skipUnless(link !== undefined, `ADD created no ${added.ifName} in the container`);
  return link;
}
