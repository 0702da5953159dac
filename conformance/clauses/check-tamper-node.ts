/** CHECK: detects changes to the node's end of the link, the gateway, forwarding and the namespace. */
import { addressOf } from "../../core/ip.ts";
import { run } from "../../core/shell.ts";
import { demandRejected } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, skipUnless, NotApplicable } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { gatewayIsOnNode, NO_GATEWAY } from "./connection.ts";
import { changesContainer, NO_EFFECT } from "./container-effect.ts";
import { readNetState, type Link } from "../node/net-state.ts";
import { readNamespaces } from "../node/observed.ts";
import { addHealthy } from "./operations.ts";
import { detects, ip } from "./check-tamper.ts";
import { observe } from "../node/recorder.ts";

/** The node's end of the container's veth pair, if the result lists it. @throws NotApplicable otherwise */
async function nodeEnd(context: ClauseContext, added: AddedAttachment): Promise<Link> {
  const [inside, node] = await readNamespaces(context, added);
  const link = inside.links.find(({ name }) => name === added.ifName);
  const listed = added.result.interfaces.flatMap(({ name, sandbox }) => (sandbox === undefined ? [name] : []));
  const end = node.links.find(
    ({ name, kind, index, peer, peerInOtherNamespace }) =>
      kind === "veth" &&
      listed.includes(name) &&
      link !== undefined &&
      peerInOtherNamespace &&
      index === link.peer &&
      peer === link.index,
  );
  if (end === undefined) throw new NotApplicable("the interface has no peer on the node");
  return end;
}

async function detectsNodeEndChange(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detects(context, "the node's end of the link was set down", async (added) =>
    ip(shell, "link", "set", "dev", (await nodeEnd(context, added)).name, "down"),
  );
  await detects(context, "the node's end of the link was detached from its bridge", async (added) => {
    const { name, master } = await nodeEnd(context, added);
    if (master === "") return false;
    await ip(shell, "link", "set", "dev", name, "nomaster");
    return true;
  });
  await detects(context, "the bridge was set down", async (added) => {
    const { master } = await nodeEnd(context, added);
    if (master === "") return false;
    await ip(shell, "link", "set", "dev", master, "down");
    return true;
  });
}

/** Compares with the result, so only attributes that it contains are changed. */
async function detectsNodeEndAttributes(context: ClauseContext): Promise<void> {
  const change = async (attribute: "mac" | "mtu", ...args: readonly string[]): Promise<boolean> =>
    detects(context, `the ${attribute.toUpperCase()} of the node's end of the link was changed`, async (added) => {
      const { name } = await nodeEnd(context, added);
      const listed = added.result.interfaces.find((entry) => entry.name === name && entry.sandbox === undefined);
      if (listed?.[attribute] === undefined) return false;
      await ip(context.testNode.shell, "link", "set", "dev", name, ...args);
      return true;
    });
  // A bridge without a configured address has the lowest one of its ports, so a high one changes only the link.
  const changed = [await change("mac", "address", "fe:00:00:00:be:ef"), await change("mtu", "mtu", "1280")];
  notApplicableUnless(changed.includes(true), "the result contains neither MAC address nor MTU of the node's end");
}

async function detectsRemovedGateway(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  const hasGateway = await detects(context, "the gateway's address was removed from the node", async ({ result }) => {
    const gateways = result.ips.flatMap((address) => (address.gateway === undefined ? [] : [address.gateway]));
    const { addresses } = await readNetState(shell);
    const assigned = addresses.filter(({ cidr }) => gateways.includes(addressOf(cidr)));
    for (const { link, cidr } of assigned) await ip(shell, "addr", "del", cidr, "dev", link);
    return assigned.length > 0;
  });
  notApplicableUnless(hasGateway, NO_GATEWAY);
}

async function detectsDisabledForwarding(context: ClauseContext): Promise<void> {
  const hasGateway = await detects(context, "forwarding was disabled on the node", async (added) => {
    if (!(await gatewayIsOnNode(context, added))) return false;
    const { shell } = context.testNode;
    const forwards = (await observe(shell, ["cat", "/proc/sys/net/ipv4/ip_forward"])).trim() === "1";
    skipUnless(forwards, "forwarding is disabled on the node after ADD");
    await run(shell, ["sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward"]);
    return true;
  });
  notApplicableUnless(hasGateway, NO_GATEWAY);
}

async function detectsNetnsChange(context: ClauseContext): Promise<void> {
  notApplicableUnless(await changesContainer(context), NO_EFFECT);
  const { shell } = context.testNode;
  await detects(context, "the namespace was replaced with an empty one", async ({ container }) => {
    await run(shell, ["sh", "-ec", `ip netns delete "$1"; ip netns add "$1"`, "sh", container.name]);
  });
  await detects(context, "the namespace was deleted", async ({ container }) =>
    ip(shell, "netns", "delete", container.name),
  );
}

/** Passes the result of an intact attachment for a container that was never added. */
async function rejectsUnknownContainer(context: ClauseContext): Promise<void> {
  notApplicableUnless(await changesContainer(context), NO_EFFECT);
  const added = await addHealthy(context);
  const unknown = await context.createContainer();
  const call = await context.invokeTarget("CHECK", { ...unknown, raw: added.raw });
  demandRejected(call, "CHECK of a container that was never added");
}

const COMMON = { level: "SHOULD", since: "0.4.0", section: "2-CHECK" } as const;
const LINKS = ["interface"] as const;

export const checkTamperNode = withSharedFacts({ chain: "whole" }, [
  {
    ...COMMON,
    id: "check.tamper.host-link",
    dependsOnVersion: false,
    kinds: LINKS,
    sentence: "CHECK fails when the node's end of the link is down or detached from its bridge.",
    test: detectsNodeEndChange,
  },
  {
    ...COMMON,
    id: "check.tamper.host-attributes",
    kinds: LINKS,
    sentence: "CHECK fails when the MAC address or MTU of the node's end of the link differs from the result.",
    test: detectsNodeEndAttributes,
  },
  {
    ...COMMON,
    id: "check.tamper.gateway",
    dependsOnVersion: false,
    kinds: LINKS,
    sentence: "CHECK fails when the gateway's address is missing from the node.",
    test: detectsRemovedGateway,
  },
  {
    ...COMMON,
    id: "check.tamper.forwarding",
    dependsOnVersion: false,
    kinds: LINKS,
    sentence: "CHECK fails when forwarding is disabled on the node.",
    test: detectsDisabledForwarding,
  },
  {
    ...COMMON,
    id: "check.tamper.netns",
    dependsOnVersion: false,
    kinds: ["interface", "chained"],
    sentence: "CHECK fails when the namespace was replaced or deleted.",
    test: detectsNetnsChange,
  },
  {
    ...COMMON,
    id: "check.unknown",
    dependsOnVersion: false,
    sentence: "CHECK fails for a container that was never added.",
    test: rejectsUnknownContainer,
  },
]);
