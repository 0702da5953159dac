/** What others put into objects that the containers of a node share: addresses and ports of bridges, routes, rules. */
import type { Shell } from "../../core/shell.ts";
import { addedRules, readFirewall, type Firewall, type FirewallRule } from "./firewall.ts";
import { inspect } from "./recorder.ts";
import { formatRoute, readFullState, type FullNetState, type Link } from "./net-state.ts";

/** The state of a node that shows which objects containers share. */
export interface SharedState {
  readonly net: FullNetState;
  readonly firewall: Firewall;
  /** Lines about the families that the node forwards. */
  readonly forwarding: readonly string[];
}

/** Prints the kernel settings that are 1. */
const READ_FORWARDING = `cd /proc/sys/net && grep -sx 1 /dev/null ipv4/ip_forward ipv6/conf/all/forwarding || true`;

/** @throws Skip when the tool that lists a firewall table is missing */
export async function readSharedState(shell: Shell): Promise<SharedState> {
  const [net, firewall, forwarding] = await Promise.all([
    readFullState(shell),
    readFirewall(shell),
    inspect(shell, READ_FORWARDING),
  ]);
  return { net, firewall, forwarding: forwarding.split("\n").filter(Boolean) };
}

/**
 * Puts an object of another program into each link, routing table, rule list and firewall chain that an ADD created or
 * added an entry to. What the kernel or a tool refuses is omitted.
 * @param before the state before the ADD
 * @param after the state after it
 * @returns one line for each object, as in {@link objectLines}
 */
export async function placeForeignObjects(
  shell: Shell,
  before: SharedState,
  after: SharedState,
): Promise<readonly string[]> {
  const commands = [...linkCommands(before.net, after.net), ...routeCommands(before.net, after.net)];
  for (const chain of changedChains(before.firewall.rules, after.firewall.rules)) commands.push(ruleCommand(chain));
  if (commands.length > 0) commands.push(...POLICY_COMMANDS);
  const known = objectLines(await readSharedState(shell));
  for (const argv of commands) await shell.exec(argv);
  const placed = await readSharedState(shell);
  const foreign = objectLines(placed).filter((line) => !known.includes(line));
  // Whatever enabled it, the containers that stay need it.
  return foreign.length === 0 ? [] : [...foreign, ...placed.forwarding];
}

/** Nodes on which only listed packets may be forwarded. */
const POLICY_COMMANDS = ["iptables", "ip6tables"].map((binary) => [binary, "-w", "-P", "FORWARD", "DROP"]);

/** One line for each object. Links only with their bridge: attributes of a bridge depend on its ports. */
export function objectLines({ net, firewall, forwarding }: SharedState): string[] {
  return [
    ...net.links.map(({ name, master }) => `link ${name}${master && ` on ${master}`}`),
    ...net.addresses.map(({ cidr, link }) => `address ${cidr} on ${link}`),
    ...net.routes.map((route) => `route ${formatRoute(route)}`),
    ...net.rules.ipv4.map((rule) => `rule ${rule}`),
    ...net.rules.ipv6.map((rule) => `rule6 ${rule}`),
    ...net.neighbors.map((neighbor) => `neighbor ${neighbor}`),
    ...firewall.rules.map(({ chain, spec }) => `${chain} ${spec}`),
    ...firewall.policies.map((policy) => `policy ${policy}`),
    ...forwarding,
  ];
}

/** New links, except the node's ends of the links of containers. */
function linkCommands(before: FullNetState, { links }: FullNetState): string[][] {
  const shared = links.filter(
    ({ index, peerInOtherNamespace }) => !peerInOtherNamespace && !before.links.some((link) => link.index === index),
  );
  return shared.flatMap(({ name, kind }: Link, i) => [
    ...(kind === "bridge" || kind === "vrf" ? portCommands(name, `wit${i}`) : []),
    ["ip", "addr", "add", `192.0.2.${100 + i}/32`, "dev", name],
    ["ip", "addr", "add", `2001:db8::${100 + i}/128`, "dev", name],
    ["ip", "route", "add", `203.0.113.${i}/32`, "dev", name],
    ["ip", "neigh", "add", "192.0.2.99", "lladdr", "02:00:5e:00:53:02", "dev", name, "nud", "permanent"],
  ]);
}

/**
 * A bridge takes the lowest MAC address of its ports until somebody sets one. Each change would delete the neighbor
 * entries.
 */
const KEEP_ADDRESS = 'set -- "$1" $(ip -br link show dev "$1"); exec ip link set dev "$1" address "$4"';

function portCommands(bridge: string, port: string): string[][] {
  return [
    ["sh", "-c", KEEP_ADDRESS, "sh", bridge],
    ["ip", "link", "add", "dev", port, "type", "veth", "peer", "name", `${port}p`],
    ["ip", "link", "set", "dev", port, "up", "master", bridge],
  ];
}

function routeCommands(before: FullNetState, after: FullNetState): string[][] {
  const known = before.routes.map(formatRoute);
  const added = after.routes.filter((route) => !known.includes(formatRoute(route)));
  const rules = after.rules.ipv4.length > before.rules.ipv4.length;
  return [
    ...[...new Set(added.map(({ table }) => table))].map((table) => [
      ...["ip", "route", "add", "198.51.100.0/24", "dev", "lo", "table", table],
    ]),
    ...(rules ? [["ip", "rule", "add", "from", "198.51.100.1", "lookup", "main"]] : []),
  ];
}

/** Targets of iptables that are not chains. */
const ACTIONS = /^(ACCEPT|DROP|RETURN|REJECT|LOG|[DS]NAT|MASQUERADE|REDIRECT|(CONN)?MARK|CT|NOTRACK|TCPMSS)$/;

/** Chains with new rules, and chains that a new rule jumps to, which may be empty. */
function changedChains(before: readonly FirewallRule[], after: readonly FirewallRule[]): ReadonlySet<string> {
  const chains = addedRules(before, after).flatMap(({ chain, spec }) => {
    const [, target] = /(?:^|\s)-[jg] (\S+)|"(?:jump|goto)":\{"target":"([^"]+)"/.exec(spec)?.filter(Boolean) ?? [];
    return target === undefined || ACTIONS.test(target) ? [chain] : [chain, chain.replace(/[^ ]+$/, () => target)];
  });
  return new Set(chains);
}

function ruleCommand(location: string): string[] {
  const [binary = "", ...rest] = location.split(" ");
  if (binary === "nft") return ["nft", "add", "rule", ...rest, "meta", "mark", "0x4d2", "return"];
  const [table = "", chain = ""] = rest;
  const source = binary === "ip6tables" ? "2001:db8:1::1/128" : "198.51.100.1/32";
  return [binary, "-w", "-t", table, "-A", chain, "-s", source, "-j", "RETURN"];
}
