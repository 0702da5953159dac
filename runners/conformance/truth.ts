/** What ADD said beside what the kernel says: the beginning of every clause about the truth of a result. */
import { need } from "./clause.ts";
import { readNetState, type Link, type NetState } from "./state.ts";
import type { Added, Attachment, Trial } from "./trial.ts";

export interface Truth {
  readonly added: Added;
  /** The container's namespace, and the node's, after ADD. */
  readonly inside: NetState;
  readonly node: NetState;
  /** The same before ADD. */
  readonly insideBefore: NetState;
  readonly nodeBefore: NetState;
}

/** A name that neither is usual nor is the node's, so that a link in the wrong namespace or of the wrong name is seen. */
export function oddName({ subject }: Trial): string {
  return subject.ifName === "eth0" ? "net7" : subject.ifName;
}

/** Adds a container and reads both namespaces before and after. @throws Skip when ADD fails. */
export async function addAndLook(trial: Trial, ifName?: string): Promise<Truth> {
  const target = await trial.container(ifName);
  const [insideBefore, nodeBefore] = await look(trial, target);
  const added = await trial.add(target);
  const [inside, node] = await look(trial, target);
  return { added, inside, node, insideBefore, nodeBefore };
}

/** The container's namespace and the node's. */
export async function look(
  trial: Trial,
  { container }: Attachment,
): Promise<readonly [inside: NetState, node: NetState]> {
  return Promise.all([readNetState(container.shell), readNetState(trial.surroundings.shell)]);
}

/** The container's new link, for clauses that go on from there. @throws Skip when there is none: add.creates judges that. */
export function containerLink({ added, inside }: Truth): Link {
  const link = inside.links.find(({ name }) => name === added.ifName);
  need(link !== undefined, `there is no ${added.ifName} in the container after ADD`);
  return link;
}

/** One address as `ip` writes it, so that two spellings compare equal. */
export function canonical(cidr: string): string {
  const [ip = "", bits = ""] = cidr.split("/");
  if (!ip.includes(":")) return cidr;
  const written = new URL(`http://[${ip}]/`).hostname.slice(1, -1);
  return bits === "" ? written : `${written}/${bits}`;
}
