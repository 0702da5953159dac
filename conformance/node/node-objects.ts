/** Objects of attachments on the node: links, addresses, routes, firewall rules, traffic control. */
import { difference, takeSnapshot, type Snapshot } from "./snapshot.ts";
import type { ClauseContext } from "../clauses/clause-context.ts";

const NODE_OBJECT = /^node: (link|address|route|rule|rule6|tc|iptables|ip6tables|nft) /;

/** Lines of a snapshot; links only by name, because the MAC and MTU of a bridge depend on its ports. */
export async function readNodeObjects(context: ClauseContext): Promise<Snapshot> {
  return (await takeSnapshot(context))
    .filter((line) => NODE_OBJECT.test(line))
    .map((line) => line.replace(/^(node: link [^:]+):.*/, "$1"));
}

/** New objects, except queueing disciplines of links that existed before: those are deleted with their links. */
export function addedSince(before: Snapshot, now: Snapshot): string[] {
  return difference(before, now).filter(
    (line) => line.startsWith("+ ") && !before.includes(`node: link ${/^\+ node: tc .* dev (\S+)/.exec(line)?.[1]}`),
  );
}
