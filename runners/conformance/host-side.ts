/** What attachments have on the node: links, addresses, routes, firewall rules, traffic control. */
import { difference, snapshot, type Snapshot } from "./snapshot.ts";
import type { Trial } from "./trial.ts";

const KIND = /^node: (link|address|route|rule|rule6|tc|iptables|ip6tables|nft) /;

/** Links by name alone: a bridge's MAC and MTU follow its ports. */
export async function hostSide(trial: Trial): Promise<Snapshot> {
  return (await snapshot(trial))
    .filter((line) => KIND.test(line))
    .map((line) => line.replace(/^(node: link [^:]+):.*/, "$1"));
}

/** What is there now and was not before, but for queues of links that were: those go with their links. */
export function cameSince(before: Snapshot, now: Snapshot): string[] {
  return difference(before, now).filter(
    (line) => line.startsWith("+ ") && !before.includes(`node: link ${/^\+ node: tc .* dev (\S+)/.exec(line)?.[1]}`),
  );
}
