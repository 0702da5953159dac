/** ADD: the container can reach its gateway, other containers, the node and hosts beyond the node. */
import { addressOf } from "../../core/ip.ts";
import { run, succeeded } from "../../core/shell.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, Attachment } from "./attachment.ts";
import { NODE_ADDRESS, OUTSIDE_ADDRESS } from "../node/test-node.ts";

/** Time limit for a ping reply. */
const PING_TIMEOUT_S = 2;

async function respondsToPing({ container }: Attachment, address: string): Promise<boolean> {
  const ping = ["ping", "-n", "-c1", "-i0.2", "-w", String(PING_TIMEOUT_S), address];
  return succeeded(await container.shell.exec(ping, { timeout: PING_TIMEOUT_S + 2, observes: true }));
}

async function demandPing(from: Attachment, address: string, target: string): Promise<void> {
  demand(await respondsToPing(from, address), `a ping reply from ${target} within ${PING_TIMEOUT_S} s`, "no reply");
}

function firstAddressOf(added: AddedAttachment): string {
  const address = added.result.ips[0]?.address;
  notApplicableUnless(address !== undefined, "the network assigns no addresses");
  return addressOf(address);
}

async function reachesGateway(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.gateway, "the plugin does not put the gateway on the node");
  const added = await context.add();
  for (const { gateway } of added.result.ips) {
    if (gateway !== undefined) await demandPing(added, gateway, `the gateway ${gateway}`);
  }
}

async function reachesPeer(context: ClauseContext): Promise<void> {
  const [first, second] = [await context.add(), await context.add()];
  for (const [from, to] of [
    [first, second],
    [second, first],
  ] as const) {
    await demandPing(from, firstAddressOf(to), `${firstAddressOf(to)} to ${firstAddressOf(from)}`);
  }
}

async function reachesNode(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.gateway, "the plugin does not put the gateway on the node");
  const added = await context.add();
  notApplicableUnless(
    added.result.routes.some(({ dst }) => dst === "0.0.0.0/0"),
    "the network has no default route",
  );
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
