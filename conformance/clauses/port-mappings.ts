/** The capability portMappings: ports of the node that lead to a container. */
import type { JsonObject } from "../../cni/index.ts";
import { run, type Shell } from "../../core/shell.ts";
import { demandRejected } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import { demand } from "./demand.ts";
import { addedSince, readNodeObjects } from "../node/snapshot.ts";
import { NODE_ADDRESS } from "../node/test-node.ts";
import { requestReply, startServer, type EchoProtocol } from "../node/echo.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment, Overrides } from "./attachment.ts";
import { ipamOf, withIpam, withPool } from "../under-test/network-variants.ts";
import { asDelInput } from "./operations.ts";
import { skipUnlessClaimed } from "./capability.ts";

const PROTOCOLS: readonly EchoProtocol[] = ["tcp", "udp"];
const CONTAINER_PORT = 8080;
/** Additional addresses of the uplink. */
const OTHER_ADDRESS = "198.18.0.9";
const [NODE_IPV6, OUTSIDE_IPV6] = ["fd00:c6::1", "fd00:c6::2"];

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

/** Tests IPv6 if the list assigns IPv6 addresses from an IPv6 pool. */
async function forwardsPortsIpv6(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  const pool = withPool(context.underTest.list, "10.203.0.0/24", "fd00:cb::/64");
  const ipam = pool === null ? null : ipamOf(pool);
  if (pool === null || ipam === null) return;
  const dual = context.withNetwork(withIpam(pool, { ...ipam, routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }] }));
  const target = await dual.createContainer();
  const { ok, raw } = await dual.tryAdd(target, mapPort(8086));
  if (!ok || !JSON.stringify(raw).includes(`"fd00:cb::`)) return;
  await run(shell, ["ip", "addr", "add", `${NODE_IPV6}/64`, "dev", "eth0", "nodad"]);
  await run(outside, ["ip", "addr", "add", `${OUTSIDE_IPV6}/64`, "dev", "eth0", "nodad"]);
  await startServer(target.container.shell, CONTAINER_PORT, target.container.name);
  for (const protocol of PROTOCOLS) await demandReply(outside, { address: NODE_IPV6, port: 8086, protocol }, target);
}

async function appliesToHostIp(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  await run(shell, ["ip", "addr", "add", `${OTHER_ADDRESS}/24`, "dev", "eth0"]);
  const added = await addServer(context, mapPort(8081, { hostIP: OTHER_ADDRESS }));
  await demandReply(outside, { address: OTHER_ADDRESS, port: 8081 }, added);
  const reason = `the mapping is for ${OTHER_ADDRESS} only`;
  await demandNoReply(outside, { address: NODE_ADDRESS, port: 8081 }, reason);
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

const COMMON = { level: "beyond", since: "0.3.0", kinds: ["chained"], section: "Conventions" } as const;

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
    sentence: "A mapping with hostIP applies to that address only.",
    test: appliesToHostIp,
  },
  {
    ...COMMON,
    id: "cap.portmappings.del",
    sentence: "DEL removes the mappings of the container and no others.",
    test: delRemovesMappings,
  },
  {
    ...COMMON,
    id: "cap.portmappings.invalid",
    sentence: "The plugin rejects a mapping with an invalid port or protocol, and leaves nothing behind.",
    test: rejectsInvalidMappings,
  },
] as const satisfies readonly Clause[];
