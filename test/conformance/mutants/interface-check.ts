/** CHECK of RI: compares prevResult with the container, and inspects the node's end of the link and the gateway. */
import type { CniResult } from "../../../cni/types.ts";
import { canonicalAddress } from "../../../core/ip.ts";
import type { Link, NetState } from "../../../conformance/node/net-state.ts";
import { PluginError } from "./protocol.ts";

export interface AttachmentState {
  readonly prev: CniResult;
  readonly container: NetState;
  readonly node: NetState;
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

export function checkAddresses({ prev, container, ifName }: AttachmentState): void {
  for (const { address, interface: index } of prev.ips) {
    if (index !== undefined && prev.interfaces[index]?.name !== ifName) continue;
    demand(
      container.addresses.some(({ cidr, link }) => cidr === canonicalAddress(address) && link === ifName),
      `the address ${address} is missing`,
    );
  }
}

/** Accepts routes in any table and on any link, because a later plugin may have moved them. */
export function checkRoutes({ prev, container }: AttachmentState): void {
  for (const { dst, gw } of prev.routes) {
    const exists = container.routes.some(
      (route) => route.dst === canonicalAddress(dst) && (gw === undefined || route.gw === canonicalAddress(gw)),
    );
    demand(exists, `the route ${dst} is missing`);
  }
}

export function checkContainer(attached: AttachmentState): void {
  checkLink(attached);
  checkAddresses(attached);
  checkRoutes(attached);
}

export function checkHostLink(attached: AttachmentState): void {
  const { node, host, bridge } = attached;
  const end = node.links.find(({ name }) => name === host);
  demand(end !== undefined && end.peer === containerLinkOf(attached).index, `the node's end ${host} is missing`);
  demand(end.up && end.master === bridge, `the node's end ${host} is down or not on ${bridge}`);
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
