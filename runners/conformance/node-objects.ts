/** What attachments have on the node: links, addresses, routes, firewall rules, traffic control. */
import { difference, takeSnapshot, type Snapshot } from "./snapshot.ts";
import type { ClauseContext } from "./clause-context.ts";

const NODE_OBJECT = /^node: (link|address|route|rule|rule6|tc|iptables|ip6tables|nft) /;

/** Links by name alone: a bridge's MAC and MTU follow its ports. */
export async function readNodeObjects(context: ClauseContext): Promise<Snapshot> {
  return (await takeSnapshot(context))
    .filter((line) => NODE_OBJECT.test(line))
    .map((line) => line.replace(/^(node: link [^:]+):.*/, "$1"));
}

/** What is there now and was not before, but for queues of links that were: those go with their links. */
export function addedSince(before: Snapshot, now: Snapshot): string[] {
  return difference(before, now).filter(
    (line) => line.startsWith("+ ") && !before.includes(`node: link ${/^\+ node: tc .* dev (\S+)/.exec(line)?.[1]}`),
  );
}
