/** ADD: the container can reach its gateway, other containers, the node and hosts beyond the node. */
import { addressOf } from "../../core/ip.ts";
import { run, succeeded } from "../../core/shell.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import { readNetState } from "../node/net-state.ts";
import { NODE_ADDRESS, OUTSIDE_ADDRESS } from "../node/test-node.ts";

/** Time limit for a ping reply. */
const PING_TIMEOUT_S = 2;

async function respondsToPing({ container }: TestAttachment, address: string): Promise<boolean> {
  const ping = ["ping", "-n", "-c1", "-i0.2", "-w", String(PING_TIMEOUT_S), address];
  return succeeded(await container.shell.exec(ping, { timeout: PING_TIMEOUT_S + 2, observes: true }));
}

async function demandPing(from: TestAttachment, address: string, target: string): Promise<void> {
  demand(await respondsToPing(from, address), `a ping reply from ${target} within ${PING_TIMEOUT_S} s`, "no reply");
}

/** What an attachment connects to. */
interface Connection {
  /** With their prefix lengths. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly hasDefaultRoute: boolean;
}

/** According to the result or, if it is malformed, to the kernel. */
async function connectionOf({ container, ifName, result, discarded }: AddedAttachment): Promise<Connection> {
  if (discarded === undefined)
    return {
      addresses: result.ips.map(({ address }) => address),
      gateways: result.ips.flatMap(({ gateway }) => gateway ?? []),
      hasDefaultRoute: result.routes.some(isDefault),
    };
  const { addresses, routes } = await readNetState(container.shell);
  const own = addresses.filter(({ link, scope }) => link === ifName && scope === "global");
  return {
    addresses: own.map(({ cidr }) => cidr),
    gateways: routes.flatMap(({ gw, table }) => (table === "main" && gw !== "" ? [gw] : [])),
    hasDefaultRoute: routes.some(isDefault),
  };
}

function isDefault({ dst }: { readonly dst: string }): boolean {
  return dst === "0.0.0.0/0";
}

async function firstAddressOf(added: AddedAttachment): Promise<string> {
  const [address] = (await connectionOf(added)).addresses;
  notApplicableUnless(address !== undefined, "the network assigns no addresses");
  return addressOf(address);
}

async function reachesGateway(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.gateway, "the plugin does not put the gateway on the node");
  const added = await context.add();
  for (const gateway of (await connectionOf(added)).gateways)
    await demandPing(added, gateway, `the gateway ${gateway}`);
}

async function reachesPeer(context: ClauseContext): Promise<void> {
  const [first, second] = [await context.add(), await context.add()];
  for (const [from, to] of [
    [first, second],
    [second, first],
  ] as const) {
    const [source, address] = [await firstAddressOf(from), await firstAddressOf(to)];
    await demandPing(from, address, `${address} to ${source}`);
  }
}

async function reachesNode(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.gateway, "the plugin does not put the gateway on the node");
  const added = await context.add();
  notApplicableUnless((await connectionOf(added)).hasDefaultRoute, "the network has no default route");
  await demandPing(added, NODE_ADDRESS, `the node's other address ${NODE_ADDRESS}`);
  // A host beyond the node can reply only if the node forwards.
  await run(context.testNode.outside, ["ip", "route", "replace", "default", "via", NODE_ADDRESS]);
  await demandPing(added, OUTSIDE_ADDRESS, "a host beyond the node");
}

const LINKS = ["interface"] as const;

export const addConnectivity = withSharedFacts({ chain: "whole" }, [
  {
    id: "add.connect.gateway",
    level: "derived",
    kinds: LINKS,
    section: "2-ADD",
    sentence: "The container reaches its gateway.",
    test: reachesGateway,
  },
  {
    id: "add.connect.peer",
    level: "derived",
    kinds: LINKS,
    containers: "several",
    section: "1-Overview",
    sentence: "Containers in a network reach each other.",
    test: reachesPeer,
  },
  {
    id: "add.connect.outside",
    level: "derived",
    kinds: LINKS,
    section: "1-Overview",
    sentence: "A container with a default route reaches the node and hosts beyond the node.",
    test: reachesNode,
  },
]);
