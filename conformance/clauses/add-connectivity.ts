/** ADD: the container can reach its gateway, other containers, the node and hosts beyond the node. */
import { run } from "../../core/shell.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import {
  announcedMtu,
  connectionOf,
  demandPing,
  familyOf,
  gatewayIsOnNode,
  NO_GATEWAY,
  type Family,
} from "./connection.ts";
import { addDualStack } from "./dual-stack.ts";
import { addIpv6Uplink, NODE_IPV6, OUTSIDE_IPV6 } from "../node/ipv6-uplink.ts";
import { NODE_ADDRESS, OUTSIDE_ADDRESS, type TestNode } from "../node/test-node.ts";

const NODE_ADDRESSES: Readonly<Record<Family, string>> = { 4: NODE_ADDRESS, 6: NODE_IPV6 };
const OUTSIDE_ADDRESSES: Readonly<Record<Family, string>> = { 4: OUTSIDE_ADDRESS, 6: OUTSIDE_IPV6 };

async function reachesGateway(context: ClauseContext): Promise<void> {
  const added = await context.add();
  notApplicableUnless(await gatewayIsOnNode(context, added), NO_GATEWAY);
  await demandGateways(added);
}

/** @param bytes length of the packets, see {@link demandPing} */
async function demandGateways(added: AddedAttachment, bytes?: number): Promise<void> {
  for (const address of (await connectionOf(added)).gateways)
    await demandPing(added, { address, description: `the gateway ${address}`, ...(bytes && { bytes }) });
}

async function reachesPeer(context: ClauseContext): Promise<void> {
  await demandPeers(await context.add(), await context.add());
}

/** Both directions, and every address whose family both containers have. @throws NotApplicable without addresses */
async function demandPeers(first: AddedAttachment, second: AddedAttachment, bytes?: number): Promise<void> {
  for (const [from, to] of [
    [first, second],
    [second, first],
  ] as const) {
    const sources = (await connectionOf(from)).addresses;
    const targets = (await connectionOf(to)).addresses;
    notApplicableUnless(sources.length > 0 && targets.length > 0, "the network assigns no addresses");
    for (const address of targets) {
      const source = sources.find((own) => familyOf(own) === familyOf(address));
      if (source !== undefined)
        await demandPing(from, { address, description: `${address} to ${source}`, ...(bytes && { bytes }) });
    }
  }
}

async function reachesNode(context: ClauseContext): Promise<void> {
  const added = await context.add();
  notApplicableUnless(await gatewayIsOnNode(context, added), NO_GATEWAY);
  await demandOutside(context, added);
}

/** In every family with a default route. @throws NotApplicable without one */
async function demandOutside({ testNode }: ClauseContext, added: AddedAttachment): Promise<void> {
  const { addresses, defaultRoutes } = await connectionOf(added);
  const families = defaultRoutes.filter((family) => addresses.some((address) => familyOf(address) === family));
  notApplicableUnless(families.length > 0, "the network has no default route");
  for (const family of families) {
    const [node, outside] = [NODE_ADDRESSES[family], OUTSIDE_ADDRESSES[family]];
    if (family === 6) await addIpv6Uplink(testNode);
    await demandPing(added, { address: node, description: `the node's other address ${node}` });
    // A host beyond the node can reply only if the node forwards.
    await routeBack(testNode, node);
    await demandPing(added, { address: outside, description: `a host beyond the node, ${outside}` });
  }
}

async function routeBack({ outside }: TestNode, via: string): Promise<void> {
  await run(outside, ["ip", "route", "replace", "default", "via", via]);
}

async function connectsBothFamilies(context: ClauseContext): Promise<void> {
  const { network, added } = await addDualStack(context);
  await demandPeers(added, await network.add());
  if (!(await gatewayIsOnNode(context, added))) return;
  await demandGateways(added);
  await demandOutside(network, added);
}

async function passesMtu(context: ClauseContext): Promise<void> {
  const [first, second] = [await context.add(), await context.add()];
  const bytes = Math.min(await announcedMtu(first), await announcedMtu(second));
  if (await gatewayIsOnNode(context, first)) await demandGateways(first, bytes);
  await demandPeers(first, second, bytes);
}

const LINKS = ["interface"] as const;

export const addConnectivity = withSharedFacts({ dependsOnVersion: false, chain: "whole" }, [
  {
    id: "add.connect.gateway",
    level: "derived",
    kinds: LINKS,
    section: "2-ADD",
    sentence: "The container reaches its gateways.",
    test: reachesGateway,
  },
  {
    id: "add.connect.peer",
    level: "derived",
    kinds: LINKS,
    containers: "several",
    section: "1-Overview",
    sentence: "Containers in a network reach each other at every address.",
    test: reachesPeer,
  },
  {
    id: "add.connect.outside",
    level: "derived",
    kinds: LINKS,
    section: "1-Overview",
    sentence: "A container with a default route reaches the node and hosts beyond the node, in every address family.",
    test: reachesNode,
  },
  {
    id: "add.connect.dualstack",
    level: "derived",
    kinds: LINKS,
    containers: "several",
    section: "1-Overview",
    sentence:
      "In a network with IPv4 and IPv6, both connect a container to its gateway, other containers and the outside.",
    test: connectsBothFamilies,
  },
  {
    id: "add.connect.mtu",
    level: "derived",
    kinds: LINKS,
    containers: "several",
    section: "5-ADD",
    sentence: "Packets of the announced MTU reach the gateway and other containers without fragmentation.",
    test: passesMtu,
  },
]);
