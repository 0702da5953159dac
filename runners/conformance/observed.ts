/** What ADD said beside what the kernel says: the beginning of every clause about the truth of a result. */
import { skipUnless } from "./clause.ts";
import { readNetState, type Link, type NetState } from "./net-state.ts";
import type { AddedAttachment, Attachment, ClauseContext } from "./clause-context.ts";

export interface ObservedAdd {
  readonly added: AddedAttachment;
  /** The container's namespace, and the node's, after ADD. */
  readonly inside: NetState;
  readonly node: NetState;
  /** The same before ADD. */
  readonly insideBefore: NetState;
  readonly nodeBefore: NetState;
}

/** A name that neither is usual nor is the node's, so that a link in the wrong namespace or of the wrong name is seen. */
export function unusualIfName({ underTest: subject }: ClauseContext): string {
  return subject.ifName === "eth0" ? "net7" : subject.ifName;
}

/** Adds a container and reads both namespaces before and after. @throws Skip when ADD fails. */
export async function addAndObserve(context: ClauseContext, ifName?: string): Promise<ObservedAdd> {
  const target = await context.createContainer(ifName);
  const [insideBefore, nodeBefore] = await readNamespaces(context, target);
  const added = await context.add(target);
  const [inside, node] = await readNamespaces(context, target);
  return { added, inside, node, insideBefore, nodeBefore };
}

/** The container's namespace and the node's. */
export async function readNamespaces(
  context: ClauseContext,
  { container }: Attachment,
): Promise<readonly [inside: NetState, node: NetState]> {
  return Promise.all([readNetState(container.shell), readNetState(context.testNode.shell)]);
}

/** The container's new link, for clauses that go on from there. @throws Skip when there is none: add.creates judges that. */
export function containerLink({ added, inside }: ObservedAdd): Link {
  const link = inside.links.find(({ name }) => name === added.ifName);
  skipUnless(link !== undefined, `there is no ${added.ifName} in the container after ADD`);
  return link;
}

/** One address as `ip` writes it, so that two spellings compare equal. */
export function canonicalAddress(cidr: string): string {
  const [ip = "", bits = ""] = cidr.split("/");
  if (!ip.includes(":")) return cidr;
  const written = new URL(`http://[${ip}]/`).hostname.slice(1, -1);
  return bits === "" ? written : `${written}/${bits}`;
}
