/**
 * Snapshots of all state that a plugin can change, as lines: two snapshots of an unchanged node are equal. Firewall
 * state is listed by iptables and nft; without the tool that lists a table, no snapshot of the firewall is
 * possible.
 */
import type { Shell } from "../../core/shell.ts";
import { demand } from "../clauses/demand.ts";
import { UNLISTED_TABLES_SCRIPT, skipIfUnlisted } from "./firewall-tools.ts";
import { readNetState, stateLines } from "./net-state.ts";
import { inspect } from "./recorder.ts";
import type { ClauseContext } from "../clauses/clause-context.ts";

/** Lines that start with their location: `node: ` or the name of a container. */
export type Snapshot = readonly string[];

/** Omits counters, which change on their own. */
const NAMESPACE_SCRIPT = `${UNLISTED_TABLES_SCRIPT}ip rule show | sed 's/^/rule /'
ip -6 rule show | sed 's/^/rule6 /'
tc qdisc show | grep -v 'qdisc noqueue\\|qdisc pfifo_fast' | sed 's/^/tc /'
for binary in iptables ip6tables; do
  command -v $binary-save >/dev/null &&
    $binary-save | grep -v '^#' | sed -e 's/\\[[0-9]*:[0-9]*\\]//' -e "s/^/$binary /"
done
command -v nft >/dev/null &&
  nft list ruleset | sed -e 's/counter packets [0-9]* bytes [0-9]*/counter/' -e 's/^/nft /'
echo "sysctl net.ipv4.ip_forward=$(cat /proc/sys/net/ipv4/ip_forward)"
echo "sysctl net.ipv6.conf.all.forwarding=$(cat /proc/sys/net/ipv6/conf/all/forwarding 2>/dev/null)"
true`;

/** Omits forwarding entries that bridges learned, which change on their own. */
const NODE_SCRIPT = `bridge fdb show | grep permanent | sed 's/^/fdb /'
ls /run/netns | sed 's/^/netns /'
find /var/lib/cni /run /tmp -path /run/netns -prune -o -path /tmp/.etc -prune -o -path /tmp/.cnibench -prune \\
  -o -type f -exec cksum {} + -o -type d -printf 'directory %p\\n' | sed '/^directory /!s/^/file /'
true`;

/**
 * Takes a snapshot of the test node and of every container.
 * @param firewall false: the snapshot is compared without firewall state, so missing tools do not matter
 * @throws Skip when the tool that lists a firewall table is missing
 */
export async function takeSnapshot(context: ClauseContext, firewall = true): Promise<Snapshot> {
  const { testNode } = context;
  const locations: [string, Shell, string][] = [
    ["node", testNode.shell, `${NAMESPACE_SCRIPT}\n${NODE_SCRIPT}`],
    ...testNode.containers().map(({ name, shell }): [string, Shell, string] => [name, shell, NAMESPACE_SCRIPT]),
  ];
  const snapshots = await Promise.all(
    locations.map(async ([name, shell, script]) => {
      const [state, output] = await Promise.all([readNetState(shell), inspect(shell, script)]);
      const lines = output.split("\n").filter((line) => line.trim() !== "");
      if (firewall) skipIfUnlisted(lines);
      return [...stateLines(state), ...lines].map((line) => `${name}: ${line}`);
    }),
  );
  return snapshots.flat().sort();
}

/** Removed lines prefixed with `- `, added lines with `+ `. */
export function difference(before: Snapshot, after: Snapshot): string[] {
  return [...minus(before, after).map((line) => `- ${line}`), ...minus(after, before).map((line) => `+ ${line}`)];
}

/** Lines of `from` that are not in `other`; identical lines count separately. */
function minus(from: Snapshot, other: Snapshot): string[] {
  const left = new Map<string, number>();
  for (const line of other) left.set(line, (left.get(line) ?? 0) + 1);
  return from.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** Runs an action. @throws Deviation when the snapshots before and after differ */
export async function demandUnchanged(context: ClauseContext, action: () => Promise<void>): Promise<void> {
  const before = await takeSnapshot(context);
  await action();
  const changes = difference(before, await takeSnapshot(context));
  demand(changes.length === 0, "no change on the node and in containers", `${changes.length} changes`, changes);
}

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
