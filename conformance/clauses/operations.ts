/** Operations, requests and prepared attachments that several clauses use. */
import type { JsonObject } from "../../cni/index.ts";
import { run, succeeded } from "../../core/shell.ts";
import { demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { Overrides, AddedAttachment, TestAttachment } from "./attachment.ts";
import { withResult } from "./with-result.ts";
import { describeCall } from "./call-output.ts";
import { readNetState } from "../node/net-state.ts";

/** The operations of an attachment that exist in the version under test, in order. */
export function attachmentOperations(context: ClauseContext): readonly ("ADD" | "CHECK" | "DEL")[] {
  return context.atLeast("0.4.0") ? ["ADD", "CHECK", "DEL"] : ["ADD", "DEL"];
}

/** @throws Deviation unless ADD and DEL of a new container succeed with the overrides. */
export async function demandAccepted(context: ClauseContext, description: string, overrides: Overrides): Promise<void> {
  const target = await context.createContainer();
  const added = await context.invokeTarget("ADD", target, overrides);
  demand(succeeded(added.output), `ADD with ${description} to succeed`, describeCall(added));
  const attached = withResult(target, added);
  const deleted = await context.invokeTarget("DEL", attached, overrides);
  demand(succeeded(deleted.output), `DEL with ${description} to succeed`, describeCall(deleted));
}

/** The object without some of its keys. */
export function withoutKeys(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

export const MISSING_NETNS = "/run/netns/nowhere";

/** Reason why a clause about the daemon of a plugin does not apply. */
export const NO_DAEMON = "the profile defines no stopDaemon";

/** Adds an attachment whose CHECK succeeds, so that a later failure of CHECK is meaningful. @throws Skip otherwise. */
export async function addHealthy(context: ClauseContext, to?: TestAttachment): Promise<AddedAttachment> {
  const added = await context.add(to);
  const { ok, last } = await context.check(added);
  skipUnless(ok, `CHECK of an intact attachment fails: ${describeCall(last)}`);
  return added;
}

/** The attachment with another path as CNI_NETNS. */
export function withNetns<A extends TestAttachment>(attachment: A, netns: string): A {
  return { ...attachment, container: { ...attachment.container, netns } };
}

/** The attachment as a container runtime passes it to DEL: without prevResult before 0.4.0. */
export function asDelInput(context: ClauseContext, added: TestAttachment): TestAttachment {
  return context.atLeast("0.4.0") ? added : { ...added, raw: null };
}

/** Reports whether the container has the attachment's interface. */
export async function hasLink({ container, ifName }: TestAttachment): Promise<boolean> {
  return (await readNetState(container.shell)).links.some(({ name }) => name === ifName);
}

/** Creates a bridge with the attachment's interface name in the container. */
export async function occupyIfName({ container, ifName }: TestAttachment): Promise<void> {
  await run(container.shell, ["ip", "link", "add", "dev", ifName, "type", "bridge"]);
}

/** Deletes the attachment's interface in the container, if it exists. */
export async function deleteLink({ container, ifName }: TestAttachment): Promise<void> {
  await container.shell.exec(["ip", "link", "delete", "dev", ifName]);
}
