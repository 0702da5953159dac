/**
 * Snapshots of all state that a plugin can change, as lines: two snapshots of an unchanged node are equal. Firewall
 * state is listed by iptables and nft; without the tool that lists a table, no snapshot of the firewall is
 * possible.
 */
import type { Shell } from "../../core/shell.ts";
import { demand } from "../clauses/demand.ts";
import { skipIfUnlisted } from "./firewall-tools.ts";
import { LIST_OBJECTS_SCRIPT, LISTED, UNLISTED } from "./kernel-objects.ts";
import { type FullNetState, parseFullState, READ_FULL_STATE_SCRIPT, stateLines } from "./net-state.ts";
import { inspect } from "./recorder.ts";
import type { ClauseContext } from "../clauses/clause-context.ts";

/** Lines that start with their location: `node: ` or the name of a container. */
export type Snapshot = readonly string[];

/** Starts the line that names the kind of the lines after it. */
const MARK = "\u001e";
const mark = (kind: string): string => `printf '\\036%s\\n' ${kind}`;

/** sh: prints the state of a network namespace by kind. Few processes, because tests take hundreds of snapshots. */
const NAMESPACE_SCRIPT = `${READ_FULL_STATE_SCRIPT}
${mark("objects")}
${LIST_OBJECTS_SCRIPT}
case $objects in ${LISTED.tc}) ${mark("tc")}; tc qdisc show ;; esac
case $objects in ${LISTED.nft}) command -v nft >/dev/null && ${mark("nft")} && nft list ruleset ;; esac
for i in ip ip6; do
  case $objects in ${LISTED.iptables}) ;; *) continue ;; esac
  command -v \${i}tables-save >/dev/null && ${mark("${i}tables")} && \${i}tables-save
done
${mark("sysctl")}
for i in ipv4/ip_forward ipv6/conf/all/forwarding; do
  value=
  { read -r value </proc/sys/net/$i; } 2>/dev/null
  echo "net/$i=$value"
done
true`;

/** sh: prints the state of the node outside its network namespace by kind. */
const NODE_SCRIPT = `${mark("fdb")}
bridge fdb show
${mark("netns")}
cd /run/netns && printf '%s\\n' *
${mark("file")}
find /var/lib/cni /run /tmp -path /run/netns -prune -o -path /tmp/.node -prune -o -path /tmp/.cnibench -prune \\
  -o -type f -exec cksum {} + -o -type d -printf 'directory %p\\n'
true`;

/** Formats a line of each kind; null omits one that changes on its own. */
const FORMATS: Readonly<Record<string, (line: string) => string | null>> = {
  // The tools list the others.
  objects: (line) => (line.startsWith(UNLISTED) ? line : null),
  tc: (line) => (/qdisc (noqueue|pfifo_fast)/.test(line) ? null : `tc ${line}`),
  nft: (line) => `nft ${line.replace(/counter packets \d+ bytes \d+/, "counter")}`,
  iptables: (line) => formatIptables("iptables", line),
  ip6tables: (line) => formatIptables("ip6tables", line),
  sysctl: (line) => `sysctl ${line.replaceAll("/", ".")}`,
  fdb: formatForwardingEntry,
  netns: (line) => `netns ${line}`,
  file: (line) => (line.startsWith("directory ") ? line : `file ${line}`),
};

/**
 * Formats an entry of the forwarding database (bridge(8)). Bridges learn the entries that are not permanent, and the
 * kernel adds those of multicast groups (odd first octet) some time after a link is up.
 */
export function formatForwardingEntry(line: string): string | null {
  const isMulticast = /^[0-9a-f][13579bdf]:/i.test(line);
  return line.includes("permanent") && !isMulticast ? `fdb ${line}` : null;
}

function formatIptables(binary: string, line: string): string | null {
  return line.startsWith("#") ? null : `${binary} ${line.replace(/\[\d+:\d+\]/, "")}`;
}

export interface SnapshotOptions {
  /** false: compared without firewall state, so missing tools do not matter. Default: true. */
  readonly firewall?: boolean;
  /** false: only the node. Default: true. */
  readonly containers?: boolean;
}

/**
 * Takes a snapshot of the test node and of every container.
 * @throws Skip when the tool that lists a firewall table is missing
 */
export async function takeSnapshot(
  { testNode }: ClauseContext,
  { firewall = true, containers = true }: SnapshotOptions = {},
): Promise<Snapshot> {
  const locations: [string, Shell, string][] = [
    ["node", testNode.shell, `${NAMESPACE_SCRIPT}\n${NODE_SCRIPT}`],
    ...(containers ? testNode.containers() : []).map(({ name, shell }): [string, Shell, string] => [
      name,
      shell,
      NAMESPACE_SCRIPT,
    ]),
  ];
  const snapshots = await Promise.all(
    locations.map(async ([name, shell, script]) => {
      const [state = "", ...kinds] = (await inspect(shell, script)).split(MARK);
      const lines = kinds.flatMap(formatLines);
      if (firewall) skipIfUnlisted(lines);
      return [...netStateLines(parseFullState(state, shell)), ...lines].map((line) => `${name}: ${line}`);
    }),
  );
  return snapshots.flat().sort();
}

function netStateLines(state: FullNetState): string[] {
  const { ipv4, ipv6 } = state.rules;
  return [
    ...stateLines(state),
    ...ipv4.map((rule) => `rule ${rule}`),
    ...ipv6.map((rule) => `rule6 ${rule}`),
    ...state.neighbors.map((neighbor) => `neighbor ${neighbor}`),
  ];
}

/** @param text the name of the kind, and its lines */
function formatLines(text: string): string[] {
  const [kind = "", ...lines] = text.trimEnd().split("\n");
  return lines.map((line) => FORMATS[kind]?.(line) ?? null).filter((line) => line !== null);
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

const NODE_OBJECT = /^node: (link|address|route|rule|rule6|neighbor|tc|iptables|ip6tables|nft) /;

/** Lines of a snapshot; links only by name, because the MAC and MTU of a bridge depend on its ports. */
export async function readNodeObjects(context: ClauseContext): Promise<Snapshot> {
  return (await takeSnapshot(context, { containers: false }))
    .filter((line) => NODE_OBJECT.test(line))
    .map((line) => line.replace(/^(node: link [^:]+):.*/, "$1"));
}

/** New objects, except queueing disciplines of links that existed before: those are deleted with their links. */
export function addedSince(before: Snapshot, now: Snapshot): string[] {
  return difference(before, now).filter(
    (line) => line.startsWith("+ ") && !before.includes(`node: link ${/^\+ node: tc .* dev (\S+)/.exec(line)?.[1]}`),
  );
}
