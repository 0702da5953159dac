/** The capability portMappings: ports of the node that lead to a container. */
import type { JsonObject } from "../../cni/index.ts";
import { run, type Shell } from "../../core/shell.ts";
import { demandRejected } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import { demand, ifApplicable, skipUnless } from "./demand.ts";
import { addDualStack } from "./dual-stack.ts";
import { addedSince, readNodeObjects } from "../node/snapshot.ts";
import { NODE_ADDRESS, OUTSIDE_ADDRESS } from "../node/test-node.ts";
import { addIpv6Uplink, NODE_IPV6 } from "../node/ipv6-uplink.ts";
import { continueFlow, requestReply, startServer, type EchoProtocol } from "../node/echo.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment, Overrides } from "./attachment.ts";
import { asDelInput } from "./operations.ts";
import { skipUnlessClaimed } from "./capability.ts";

const PROTOCOLS: readonly EchoProtocol[] = ["tcp", "udp"];
const CONTAINER_PORT = 8080;
/** Additional addresses of the uplink. */
const OTHER_ADDRESS = "198.18.0.9";
/** Source port of a client that keeps its socket. */
const CLIENT_PORT = 4096;

function mapPort(hostPort: number, options: JsonObject = {}): Overrides {
  return {
    capabilityArgs: {
      portMappings: PROTOCOLS.map((protocol) => ({ hostPort, containerPort: CONTAINER_PORT, protocol, ...options })),
    },
  };
}

/** Adds a container with a server that replies with the container ID. */
async function addServer(context: ClauseContext, overrides: Overrides): Promise<AddedAttachment> {
  skipUnlessClaimed(context, "portMappings");
  const added = await context.add(undefined, overrides);
  await startServer(added.container.shell, CONTAINER_PORT, added.container.name);
  return added;
}

interface MappedPort {
  readonly address: string;
  readonly port: number;
  /** Default: tcp. */
  readonly protocol?: EchoProtocol;
}

async function demandReply(
  from: Shell,
  { address, port, protocol = "tcp" }: MappedPort,
  { container }: TestAttachment,
): Promise<void> {
  const reply = await requestReply(from, protocol, address, port);
  demand(
    reply === container.name,
    `a reply of ${container.name} to ${from.name} on ${protocol} port ${port} of ${address}`,
    reply || "no reply",
  );
}

async function demandNoReply(from: Shell, { address, port }: MappedPort, reason: string): Promise<void> {
  const reply = await requestReply(from, "tcp", address, port);
  demand(reply === "", `no reply on port ${port} of ${address}: ${reason}`, `a reply of ${reply}`);
}

/** Bridges do not send packets back to the port that they came from, unless the port is in hairpin mode. */
const ENABLE_HAIRPIN = `ip -o link show | sed -n 's/^[0-9]*: \\([^@:]*\\)@.* master .*/\\1/p' |
while read -r port; do ip link set dev "$port" type bridge_slave hairpin on; done`;

/** Connects from a host beyond the node, from the node, and from the container. */
async function forwardsPorts(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  const added = await addServer(context, mapPort(8081));
  await run(shell, ["sh", "-ec", ENABLE_HAIRPIN]);
  for (const protocol of PROTOCOLS) {
    for (const from of [outside, shell, added.container.shell])
      await demandReply(from, { address: NODE_ADDRESS, port: 8081, protocol }, added);
  }
  await forwardsPortsIpv6(context);
}

/** Tests IPv6 if the plugins assign IPv6 addresses. */
async function forwardsPortsIpv6(context: ClauseContext): Promise<void> {
  const { outside } = context.testNode;
  const dual = await ifApplicable(addDualStack(context, mapPort(8086)));
  if (dual === null) return;
  const { container } = dual.added;
  await addIpv6Uplink(context.testNode);
  await startServer(container.shell, CONTAINER_PORT, container.name);
  for (const protocol of PROTOCOLS)
    await demandReply(outside, { address: NODE_IPV6, port: 8086, protocol }, dual.added);
}

async function appliesToHostIp(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  await run(shell, ["ip", "addr", "add", `${OTHER_ADDRESS}/24`, "dev", "eth0"]);
  const added = await addServer(context, mapPort(8081, { hostIP: OTHER_ADDRESS }));
  await demandReply(outside, { address: OTHER_ADDRESS, port: 8081 }, added);
  const reason = `the mapping is for ${OTHER_ADDRESS} only`;
  await demandNoReply(outside, { address: NODE_ADDRESS, port: 8081 }, reason);
}

/** A rule that matches only the port captures connections that the node forwards, too. */
async function sparesOtherHosts(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  const { name } = (await addServer(context, mapPort(8081))).container;
  const client = await context.add();
  // The other host refuses the connection at once.
  await run(outside, ["ip", "route", "replace", "default", "via", NODE_ADDRESS]);
  for (const from of [shell, client.container.shell]) {
    const reply = await requestReply(from, "tcp", OUTSIDE_ADDRESS, 8081);
    demand(reply !== name, `${name} not to receive a connection to ${OUTSIDE_ADDRESS}, another host`, "its reply");
  }
}

/** The container and its server remain, so that only a removed mapping explains a missing reply. */
async function delRemovesMappings(context: ClauseContext): Promise<void> {
  const { outside } = context.testNode;
  const first = { address: NODE_ADDRESS, port: 8081 };
  const second = { address: NODE_ADDRESS, port: 8082 };
  const deleted = await addServer(context, mapPort(first.port));
  const remaining = await addServer(context, mapPort(second.port));
  await demandReply(outside, first, deleted);
  await context.invokeTarget("DEL", asDelInput(context, deleted), mapPort(first.port));
  await demandNoReply(outside, first, "its mapping was deleted");
  await demandReply(outside, second, remaining);
}

/**
 * The first container and its server remain after DEL of the plugin, so that they show whether the flow goes on to
 * them. The client sends in between too, which leaves the kernel with an entry for the flow without a mapping.
 */
async function movesUdpFlows(context: ClauseContext): Promise<void> {
  const { outside } = context.testNode;
  const mapped = { address: NODE_ADDRESS, port: 8081 };
  const first = await addServer(context, mapPort(mapped.port));
  const reply = await continueFlow(outside, mapped, CLIENT_PORT);
  skipUnless(
    reply === first.container.name,
    `a mapped UDP port does not lead to its container: ${reply || "no reply"}`,
  );
  await context.invokeTarget("DEL", asDelInput(context, first), mapPort(mapped.port));
  await continueFlow(outside, mapped, CLIENT_PORT);
  const second = await addServer(context, mapPort(mapped.port));
  const moved = await continueFlow(outside, mapped, CLIENT_PORT);
  demand(
    moved === second.container.name,
    `a reply of ${second.container.name}, which has the port now, to a client that keeps its UDP socket`,
    moved ? `a reply of ${moved}` : "no reply",
  );
}

async function rejectsInvalidMappings(context: ClauseContext): Promise<void> {
  await context.del(await addServer(context, mapPort(8081)), mapPort(8081));
  for (const invalid of [{ hostPort: 0 }, { hostPort: 99999 }, { containerPort: 0 }, { protocol: "cnibench" }]) {
    const target = await context.createContainer();
    const portMapping = { hostPort: 8083, containerPort: CONTAINER_PORT, protocol: "tcp", ...invalid };
    const overrides: Overrides = { capabilityArgs: { portMappings: [portMapping] } };
    const description = `a port mapping with ${JSON.stringify(invalid)}`;
    const before = await readNodeObjects(context);
    demandRejected(await context.invokeTarget("ADD", target, overrides), description);
    await context.invokeTarget("DEL", target, overrides);
    const left = addedSince(before, await readNodeObjects(context));
    demand(left.length === 0, `no leftovers of ${description} after DEL`, `${left.length} objects left`, left);
  }
}

const KINDS = ["interface", "chained"] as const;
const COMMON = { level: "beyond", since: "0.3.0", kinds: KINDS, section: "Conventions" } as const;

export const portMappings = [
  {
    ...COMMON,
    id: "cap.portmappings",
    sentence:
      "A mapped port of the node leads to the container, over TCP and UDP, from outside, the node, and the container.",
    test: forwardsPorts,
  },
  {
    ...COMMON,
    id: "cap.portmappings.hostip",
    dependsOnVersion: false,
    sentence: "A mapping with hostIP applies to that address only.",
    test: appliesToHostIp,
  },
  {
    ...COMMON,
    id: "cap.portmappings.local",
    dependsOnVersion: false,
    sentence: "A mapping does not capture connections to the same port of other hosts.",
    test: sparesOtherHosts,
  },
  {
    ...COMMON,
    id: "cap.portmappings.del",
    dependsOnVersion: false,
    sentence: "DEL removes the mappings of the container and no others.",
    test: delRemovesMappings,
  },
  {
    ...COMMON,
    id: "cap.portmappings.udp",
    dependsOnVersion: false,
    sentence: "A UDP client of a mapped port that keeps its socket reaches the next container with the port.",
    test: movesUdpFlows,
  },
  {
    ...COMMON,
    id: "cap.portmappings.invalid",
    dependsOnVersion: false,
    sentence: "The plugin rejects a mapping with an invalid port or protocol, and leaves nothing behind.",
    test: rejectsInvalidMappings,
  },
] as const satisfies readonly Clause[];
