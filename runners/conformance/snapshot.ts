/**
 * Everything that a plugin could have changed, as lines of text: two snapshots of a node that nobody touched are equal.
 * Firewall state needs iptables and nft on the node; where the tool that lists a table is missing, there is no snapshot.
 */
import type { Shell } from "../../core/shell.ts";
import { demand } from "./clause.ts";
import { UNLISTED_TABLES_SCRIPT, skipIfUnlisted } from "./firewall-tools.ts";
import { readNetState, stateLines } from "./net-state.ts";
import { inspect } from "./recorder.ts";
import type { ClauseContext } from "./clause-context.ts";

/** A line begins with where it was seen: `node: ` or the container's id. */
export type Snapshot = readonly string[];

/** Counters and handles change by themselves; so do learned forwarding entries, which is why only permanent ones count. */
const NAMESPACE_SCRIPT = `${UNLISTED_TABLES_SCRIPT}ip rule show | sed 's/^/rule /'
ip -6 rule show | sed 's/^/rule6 /'
tc qdisc show | grep -v 'qdisc noqueue\\|qdisc pfifo_fast' | sed 's/^/tc /'
for program in iptables ip6tables; do
  command -v $program-save >/dev/null && $program-save | grep -v '^#' | sed -e 's/\\[[0-9]*:[0-9]*\\]//' -e "s/^/$program /"
done
command -v nft >/dev/null && nft list ruleset | sed -e 's/counter packets [0-9]* bytes [0-9]*/counter/' -e 's/^/nft /'
echo "sysctl net.ipv4.ip_forward=$(cat /proc/sys/net/ipv4/ip_forward)"
echo "sysctl net.ipv6.conf.all.forwarding=$(cat /proc/sys/net/ipv6/conf/all/forwarding 2>/dev/null)"
true`;

const NODE_SCRIPT = `bridge fdb show | grep permanent | sed 's/^/fdb /'
ls /run/netns | sed 's/^/netns /'
find /var/lib/cni /run /tmp -path /run/netns -prune -o -path /tmp/.etc -prune -o -path /tmp/.cnibench -prune -o -type f -exec cksum {} + -o -type d -printf 'folder %p\\n' | sed '/^folder /!s/^/file /'
true`;

/**
 * The node and every container of the test.
 * @param firewall false: for comparisons of other state, which do not need the tools
 * @throws Skip when the tool that lists a firewall table is missing
 */
export async function takeSnapshot(context: ClauseContext, firewall = true): Promise<Snapshot> {
  const { testNode: surroundings } = context;
  const places: [string, Shell, string][] = [
    ["node", surroundings.shell, `${NAMESPACE_SCRIPT}\n${NODE_SCRIPT}`],
    ...surroundings
      .containers()
      .map((container): [string, Shell, string] => [container.id, container.shell, NAMESPACE_SCRIPT]),
  ];
  const seen = await Promise.all(
    places.map(async ([name, place, script]) => {
      const [state, facts] = await Promise.all([readNetState(place), inspect(place, script)]);
      const lines = facts.split("\n").filter((line) => line.trim() !== "");
      if (firewall) skipIfUnlisted(lines);
      return [...stateLines(state), ...lines].map((line) => `${name}: ${line}`);
    }),
  );
  return seen.flat().sort();
}

/** Lines that are gone with `- ` before them, new ones with `+ `. */
export function difference(before: Snapshot, after: Snapshot): string[] {
  return [...minus(before, after).map((line) => `- ${line}`), ...minus(after, before).map((line) => `+ ${line}`)];
}

/** Lines of `from` that `what` lacks; a line that is there twice counts twice. */
function minus(from: Snapshot, what: Snapshot): string[] {
  const left = new Map<string, number>();
  for (const line of what) left.set(line, (left.get(line) ?? 0) + 1);
  return from.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** Runs the deed. @throws Deviation when anything is different afterwards. */
export async function demandUnchanged(context: ClauseContext, action: () => Promise<void>): Promise<void> {
  const before = await takeSnapshot(context);
  await action();
  const changes = difference(before, await takeSnapshot(context));
  demand(changes.length === 0, "everything as it was before", `${changes.length} changes`, changes);
}
