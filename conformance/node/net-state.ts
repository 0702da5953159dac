/**
 * The kernel state of a network namespace: links, addresses and routes. State that the kernel changes on its own
 * and with a delay (timers, link-local addresses, learned neighbors) is omitted, so that two readings differ only by
 * configuration.
 */
import type { Shell } from "../../core/shell.ts";
import { numberAt, stringAt, tryParse } from "../../core/untrusted-json.ts";
import { EnvironmentError } from "../../core/errors.ts";
import { inspect, observe } from "./recorder.ts";

export interface Link {
  readonly index: number;
  readonly name: string;
  /** Empty for links without a MAC. */
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  /** Administratively up. */
  readonly up: boolean;
  /** Up on both ends. */
  readonly carrier: boolean;
  /** Name of the bridge (or similar) that the link is a port of, or "". */
  readonly master: string;
  /** `veth`, `bridge`, ... or "". */
  readonly kind: string;
  /** Index of the other end (veth) or the parent, in the namespace of that link; 0 for none. */
  readonly peer: number;
  /** Whether `peer` is in another namespace. */
  readonly peerInOtherNamespace: boolean;
}

export interface Address {
  readonly link: string;
  /** `10.1.0.2/24` */
  readonly cidr: string;
  readonly scope: string;
}

export interface Route {
  /** CIDR: `default` is 0.0.0.0/0 or ::/0, single addresses have a prefix length. */
  readonly dst: string;
  readonly gw: string;
  readonly dev: string;
  readonly protocol: string;
  readonly table: string;
  readonly scope: string;
  /** 0 if the kernel reports none. */
  readonly metric: number;
  readonly mtu: number;
  readonly advmss: number;
}

export interface NetState {
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
}

/** With the policy routing rules and configured neighbors. */
export interface FullNetState extends NetState {
  /** Policy routing rules by family, as `ip` describes them. */
  readonly rules: { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] };
  /** Permanent neighbor entries and proxies. The kernel changes the others on its own. */
  readonly neighbors: readonly string[];
}

/** Few processes and few commands, because tests read the state hundreds of times. */
const READ_COMMAND = ["ip", "-j", "-d", "-batch", "-"] as const;

const STATE_COMMANDS = `addr show
route show table all root 0.0.0.0/0
route show table all root ::/0
`;

/** sh: prints the links, routes, rules and neighbors of a network namespace, one JSON list per line. */
export const READ_FULL_STATE_SCRIPT = `${READ_COMMAND.join(" ")} <<END || exit
${STATE_COMMANDS}rule show
neigh show nud permanent
neigh show proxy
END
ip -j -6 rule show || exit`;

/** Reads the network namespace of the shell. @throws CommandError; EnvironmentError when `ip` does not print JSON */
export async function readNetState(shell: Shell): Promise<NetState> {
  return toNetState(parseLists(await observe(shell, READ_COMMAND, STATE_COMMANDS), 3, shell));
}

/** The same, with rules and neighbors. */
export async function readFullState(shell: Shell): Promise<FullNetState> {
  return parseFullState(await inspect(shell, READ_FULL_STATE_SCRIPT), shell);
}

/** Parses the output of {@link READ_FULL_STATE_SCRIPT}. @throws EnvironmentError when `ip` does not print JSON */
export function parseFullState(output: string, shell: Shell): FullNetState {
  const lists = parseLists(output, 7, shell);
  const [rules4 = [], permanent = [], proxies = [], rules6 = []] = lists.slice(3);
  return {
    ...toNetState(lists),
    rules: { ipv4: rules4.map(formatRule), ipv6: rules6.map(formatRule) },
    neighbors: [...permanent, ...proxies].map(formatNeighbor),
  };
}

function parseLists(output: string, count: number, shell: Shell): readonly (readonly unknown[])[] {
  const lines = output.trimEnd().split("\n");
  if (lines.length !== count) throw notJson(shell);
  return lines.map((line) => parseList(line, shell));
}

/** @param lists the output of {@link STATE_COMMANDS} */
function toNetState([links = [], v4 = [], v6 = []]: readonly (readonly unknown[])[]): NetState {
  return {
    links: links.map(toLink),
    addresses: links.flatMap(toAddresses).filter(({ cidr }) => !cidr.startsWith("fe80:")),
    routes: [...v4.map((route) => toRoute(route, 4)), ...v6.map((route) => toRoute(route, 6))].filter(isConfigured),
  };
}

/** One line per link, address and route, sorted, for comparison in snapshots. */
export function stateLines(state: NetState): string[] {
  const lines = [
    ...state.links.map(formatLink),
    ...state.addresses.map(({ link, cidr, scope }) => `address ${cidr} on ${link} scope ${scope}`),
    ...state.routes.map((route) => `route ${formatRoute(route)}`),
  ];
  return lines.sort();
}

function formatLink({ name, kind, mac, mtu, up, master }: Link): string {
  const state = `mac ${mac || "-"} mtu ${mtu} ${up ? "up" : "down"}`;
  return `link ${name}: ${kind || "-"} ${state}${master && ` on ${master}`}`;
}

/** The format of `ip route`. */
export function formatRoute({ dst, gw, dev, table, metric }: Route): string {
  const path = `${gw && ` via ${gw}`}${dev && ` dev ${dev}`}`;
  return `${dst}${path}${table === "main" ? "" : ` table ${table}`}${metric ? ` metric ${metric}` : ""}`;
}

function parseList(line: string, shell: Shell): readonly unknown[] {
  const parsed = tryParse(line);
  if (!Array.isArray(parsed)) throw notJson(shell);
  // Older versions print [{}] for an empty list.
  return parsed.filter(
    (entry: unknown) => typeof entry === "object" && entry !== null && Object.keys(entry).length > 0,
  );
}

function notJson(shell: Shell): EnvironmentError {
  return new EnvironmentError(`ip does not print JSON on ${shell.name}; install iproute2 4.18 or newer there`);
}

/** `priority 0 src all table local`, with the protocol of a routing daemon only. */
function formatRule(rule: unknown): string {
  return Object.entries(rule as object)
    .filter(([name, value]) => name !== "protocol" || (value !== "kernel" && value !== "unspec"))
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(" ");
}

/** `10.1.0.2 dev eth0 lladdr 02:00:00:00:00:01`; a proxy has no lladdr. */
function formatNeighbor(neighbor: unknown): string {
  const [dst, dev, mac] = ["dst", "dev", "lladdr"].map((key) => stringAt(neighbor, key) ?? "");
  return `${dst} dev ${dev}${mac ? ` lladdr ${mac}` : " proxy"}`;
}

function toLink(value: unknown): Link {
  const flags = flagsOf(value);
  return {
    index: numberAt(value, "ifindex") ?? 0,
    name: stringAt(value, "ifname") ?? "",
    mac: stringAt(value, "address") ?? "",
    mtu: numberAt(value, "mtu") ?? 0,
    up: flags.includes("UP"),
    carrier: flags.includes("LOWER_UP"),
    master: stringAt(value, "master") ?? "",
    kind: stringAt(value, "linkinfo", "info_kind") ?? "",
    peer: numberAt(value, "link_index") ?? 0,
    peerInOtherNamespace: numberAt(value, "link_netnsid") !== null,
  };
}

function flagsOf(value: unknown): readonly unknown[] {
  const flags = (value as { flags?: unknown }).flags;
  return Array.isArray(flags) ? flags : [];
}

function toAddresses(value: unknown): Address[] {
  const infos = (value as { addr_info?: unknown }).addr_info;
  const link = stringAt(value, "ifname") ?? "";
  return (Array.isArray(infos) ? infos : []).map((info: unknown) => ({
    link,
    cidr: `${stringAt(info, "local") ?? ""}/${numberAt(info, "prefixlen") ?? 0}`,
    scope: stringAt(info, "scope") ?? "",
  }));
}

function toRoute(value: unknown, family: 4 | 6): Route {
  const dst = stringAt(value, "dst") ?? "";
  const [any, bits] = family === 4 ? ["0.0.0.0/0", 32] : ["::/0", 128];
  return {
    dst: dst === "default" ? any : dst.includes("/") ? dst : `${dst}/${bits}`,
    gw: stringAt(value, "gateway") ?? stringAt(value, "via", "host") ?? "",
    dev: stringAt(value, "dev") ?? "",
    protocol: stringAt(value, "protocol") ?? "boot",
    table: stringAt(value, "table") ?? "main",
    scope: stringAt(value, "scope") ?? "global",
    metric: numberAt(value, "metric") ?? 0,
    mtu: routeMetric(value, "mtu"),
    advmss: routeMetric(value, "advmss"),
  };
}

/** `ip` prints route metrics as a list with one object. */
function routeMetric(value: unknown, name: string): number {
  const metrics = (value as { metrics?: unknown }).metrics;
  return Array.isArray(metrics) ? (numberAt(metrics[0], name) ?? 0) : 0;
}

/**
 * Reports whether the route was configured, rather than added by the kernel for every address and every link that is
 * up. A route to a single link-local address was configured.
 */
function isConfigured({ dst, table }: Route): boolean {
  return table !== "local" && !dst.startsWith("fe80::/") && !dst.startsWith("ff00:");
}
