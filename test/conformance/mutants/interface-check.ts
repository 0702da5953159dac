/** CHECK of RI: compares prevResult with the container, and inspects the node's end of the link and the gateway. */
import type { CniResult } from "../../../cni/types.ts";
import { canonicalAddress, isIpv6, partOf, prefixOf } from "../../../core/ip.ts";
import type { FullNetState, Link, Route } from "../../../conformance/node/net-state.ts";
import { PluginError } from "./protocol.ts";

export interface AttachmentState {
  readonly prev: CniResult;
  readonly container: FullNetState;
  readonly node: FullNetState;
  readonly ifName: string;
  readonly netns: string;
  readonly host: string;
  readonly bridge: string;
  /** Whether the node forwards. */
  readonly forwards: boolean;
}

function demand(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new PluginError(120, problem);
}

export function containerLinkOf({ container, ifName }: AttachmentState): Link {
  const link = container.links.find(({ name }) => name === ifName);
  demand(link !== undefined, `the interface ${ifName} is missing`);
  return link;
}

export function checkLink(attached: AttachmentState): void {
  const { prev, ifName, netns } = attached;
  const link = containerLinkOf(attached);
  demand(link.up, `the interface ${ifName} is down`);
  const listed = prev.interfaces.find(({ name, sandbox }) => name === ifName && sandbox === netns);
  demand(listed !== undefined, `prevResult does not list ${ifName}`);
  demand(
    listed.mac === undefined || listed.mac.toLowerCase() === link.mac,
    `the MAC address of ${ifName} is ${link.mac}`,
  );
  const end = attached.node.links.find(({ name }) => name === attached.host);
  demand(link.mtu === (listed.mtu ?? end?.mtu), `the MTU of ${ifName} is ${link.mtu}`);
}

export function checkAddresses(attached: AttachmentState): void {
  const { container, ifName } = attached;
  for (const address of ownAddresses(attached)) {
    const found = container.addresses.find(({ cidr, link }) => cidr === address && link === ifName);
    demand(found !== undefined, `the address ${address} is missing`);
    demand(found.scope === "global", `the scope of the address ${address} is ${found.scope}`);
  }
}

function ownAddresses({ prev, ifName }: AttachmentState): readonly string[] {
  return prev.ips.flatMap(({ address, interface: index }) =>
    index === undefined || prev.interfaces[index]?.name === ifName ? [canonicalAddress(address)] : [],
  );
}

/**
 * Accepts routes on any link and in any table that a rule looks up, because a later plugin may have moved them. What
 * prevResult does not contain has the value that the kernel assigns.
 */
export function checkRoutes(attached: AttachmentState): void {
  const { prev, container } = attached;
  for (const { dst, gw, mtu, advmss, priority, table, scope } of prev.routes) {
    let found = container.routes.filter(
      (route) => route.dst === canonicalAddress(dst) && (gw === undefined || route.gw === canonicalAddress(gw)),
    );
    const require = (problem: string, holds: (route: Route) => boolean): void => {
      found = found.filter(holds);
      demand(found.length > 0, `the route ${dst} ${problem}`);
    };
    require("is missing", () => true);
    require("is in another table", (route) =>
      table === undefined ? isLookedUp(container, route) : route.table === tableName(table));
    require("has another metric", ({ metric }) => metric === (priority ?? (isIpv6(dst) ? 1024 : 0)));
    require("has another scope", (route) => route.scope === expectedScope(route, scope));
    require("has another MTU", (route) => mtu === undefined || route.mtu === mtu);
    require("has another advmss", (route) => advmss === undefined || route.advmss === advmss);
  }
}

function isLookedUp({ rules }: FullNetState, { dst, table }: Route): boolean {
  return rules[isIpv6(dst) ? "ipv6" : "ipv4"].some((rule) => rule.split(" ").includes(table));
}

function tableName(number: number): string {
  return { 253: "default", 254: "main", 255: "local" }[number] ?? String(number);
}

function expectedScope({ dst, gw }: Route, number: number | undefined): string {
  if (isIpv6(dst)) return "global";
  if (number === undefined) return gw === "" ? "link" : "global";
  return { 0: "global", 200: "site", 253: "link", 254: "host" }[number] ?? String(number);
}

/** The route to the network of each address, which the kernel adds together with the address. */
export function checkNetworks(attached: AttachmentState): void {
  const { container } = attached;
  for (const address of ownAddresses(attached)) {
    const prefix = prefixOf(address);
    const network = partOf(address, prefix, 0);
    const exists = container.routes.some((route) => route.dst === network && isLookedUp(container, route));
    demand(exists || prefix === (isIpv6(address) ? 128 : 32), `the route to the network ${network} is missing`);
  }
}

export function checkContainer(attached: AttachmentState): void {
  checkLink(attached);
  checkAddresses(attached);
  checkRoutes(attached);
  checkNetworks(attached);
}

export function checkHostLink(attached: AttachmentState): void {
  const { node, host, bridge, prev } = attached;
  const end = node.links.find(({ name }) => name === host);
  demand(end !== undefined && end.peer === containerLinkOf(attached).index, `the node's end ${host} is missing`);
  demand(end.up && end.master === bridge, `the node's end ${host} is down or not on ${bridge}`);
  const listed = prev.interfaces.find(({ name, sandbox }) => name === host && sandbox === undefined);
  demand((listed?.mac ?? end.mac).toLowerCase() === end.mac, `the MAC address of ${host} is ${end.mac}`);
  demand((listed?.mtu ?? end.mtu) === end.mtu, `the MTU of ${host} is ${end.mtu}`);
  demand(
    node.links.some(({ name, up }) => name === bridge && up),
    `the bridge ${bridge} is down`,
  );
}

function checkGateway({ prev, node, bridge, forwards }: AttachmentState): void {
  const gateways = prev.ips.flatMap(({ gateway }) => (gateway === undefined ? [] : [canonicalAddress(gateway)]));
  const held = node.addresses.filter(({ link }) => link === bridge).map(({ cidr }) => cidr.split("/")[0] ?? "");
  demand(
    gateways.every((gateway) => held.includes(gateway)),
    "the gateway's address is missing from the node",
  );
  demand(gateways.length === 0 || forwards, "the node does not forward");
}

export function checkNode(attached: AttachmentState): void {
  checkHostLink(attached);
  checkGateway(attached);
}
