/** Attachments in the states that clauses start from. */
import { run } from "../../core/shell.ts";
import { describeCall } from "./plugin-output.ts";
import { skipUnless } from "./clause.ts";
import type { AddedAttachment, Attachment, ClauseContext } from "./clause-context.ts";
import { readNetState } from "../node/net-state.ts";

export const MISSING_NETNS = "/run/netns/nowhere";

/** Reason why a clause about the daemon of a plugin does not apply. */
export const NO_DAEMON = "the profile defines no stopDaemon";

/** Adds an attachment whose CHECK succeeds, so that a later failure of CHECK is meaningful. @throws Skip otherwise. */
export async function addHealthy(context: ClauseContext, to?: Attachment): Promise<AddedAttachment> {
  const added = await context.add(to);
  const { ok, last } = await context.check(added);
  skipUnless(ok, `CHECK of an intact attachment fails: ${describeCall(last)}`);
  return added;
}

/** The attachment with another path as CNI_NETNS. */
export function withNetns<A extends Attachment>(attachment: A, netns: string): A {
  return { ...attachment, container: { ...attachment.container, netns } };
}

/** The attachment as a container runtime passes it to DEL: without prevResult before 0.4.0. */
export function asDelInput(context: ClauseContext, added: Attachment): Attachment {
  return context.atLeast("0.4.0") ? added : { ...added, raw: null };
}

/** Reports whether the container has the attachment's interface. */
export async function hasLink({ container, ifName }: Attachment): Promise<boolean> {
  return (await readNetState(container.shell)).links.some(({ name }) => name === ifName);
}

/** Creates a bridge with the attachment's interface name in the container. */
export async function occupyIfName({ container, ifName }: Attachment): Promise<void> {
  await run(container.shell, ["ip", "link", "add", "dev", ifName, "type", "bridge"]);
}

/** Deletes the attachment's interface in the container, if it exists. */
export async function deleteLink({ container, ifName }: Attachment): Promise<void> {
  await container.shell.exec(["ip", "link", "delete", "dev", ifName]);
}
