/** Attachments that operations on other attachments must not affect. */
import { addressOf } from "../../core/ip.ts";
import { describeCall } from "./call-output.ts";
import { demand } from "./demand.ts";
import { filesMentioning } from "./lease-files.ts";
import { takeSnapshot } from "../node/snapshot.ts";
import { readNetState, stateLines } from "../node/net-state.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";

/** An attachment that operations on others must not affect, and its state. */
export interface Bystander {
  readonly added: AddedAttachment;
  readonly state: readonly string[];
  readonly checkSucceeds: boolean;
}

/** The state of its namespace, and the files and firewall rules that mention its container or address. */
async function stateOf(context: ClauseContext, { container, result }: AddedAttachment): Promise<string[]> {
  const names = [container.id, ...result.ips.map(({ address }) => addressOf(address))];
  const rules = (await takeSnapshot(context, { containers: false })).filter(
    (line) =>
      /^node: (iptables|ip6tables|nft) /.test(line) &&
      names.some((name) => new RegExp(`(^|[^\\w.-])${name.replaceAll(".", "\\.")}([^\\w.-]|$)`).test(line)),
  );
  return [
    ...stateLines(await readNetState(container.shell)),
    ...(await filesMentioning(context, container)).map((path) => `file ${path}`),
    ...rules,
  ];
}

/** @throws Skip when ADD fails */
export async function addBystander(context: ClauseContext, to?: TestAttachment): Promise<Bystander> {
  const added = await context.add(to);
  const checkSucceeds = context.canCheck(added) && (await context.check(added)).ok;
  return { added, state: await stateOf(context, added), checkSucceeds };
}

/** @throws Deviation when a part of the state is missing, or CHECK no longer succeeds */
export async function demandUnaffected(
  context: ClauseContext,
  { added, state, checkSucceeds }: Bystander,
  event: string,
): Promise<void> {
  const now = await stateOf(context, added);
  const missing = state.filter((line) => !now.includes(line));
  demand(
    missing.length === 0,
    `${added.container.name} ${added.ifName} unchanged after ${event}`,
    `${missing.length} objects missing`,
    missing,
  );
  if (!checkSucceeds) return;
  const { ok, last } = await context.check(added);
  demand(ok, `CHECK of ${added.container.name} ${added.ifName} to succeed after ${event}`, describeCall(last));
}
