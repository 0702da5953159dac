/** portMappings: ports of the node that lead to a container. */
import type { JsonObject } from "../../../cni/json.ts";
import type { Shell } from "../../../core/shell.ts";
import { run } from "../../../core/shell.ts";
import { demandRejected } from "../plugin-output.ts";
import { demand, type Clause } from "../clause.ts";
import { addedSince, readNodeObjects } from "../node-objects.ts";
import { NODE_ADDRESS } from "../test-node.ts";
import { requestReply, startServer, type Protocol } from "../echo.ts";
import type { AddedAttachment, Attachment, Overrides, ClauseContext } from "../clause-context.ts";
import { ipamOf, withIpam, withPool } from "../network-variants.ts";
import { skipUnlessClaimed } from "./capability.ts";

const PROTOCOLS: readonly Protocol[] = ["tcp", "udp"];
const CONTAINER_PORT = 8080;
/** More addresses of the uplink. */
const OTHER_ADDRESS = "198.18.0.9";
const [NODE_IPV6, OUTSIDE_IPV6] = ["fd00:c6::1", "fd00:c6::2"];

function mapping(hostPort: number, more: JsonObject = {}): Overrides {
  return {
    capabilityArgs: {
      portMappings: PROTOCOLS.map((protocol) => ({ hostPort, containerPort: CONTAINER_PORT, protocol, ...more })),
    },
  };
}

/** A container whose server says its id. */
async function mapped(context: ClauseContext, changes: Overrides): Promise<AddedAttachment> {
  skipUnlessClaimed(context, "portMappings");
  const added = await context.add(undefined, changes);
  await startServer(added.container.shell, CONTAINER_PORT, added.container.id);
  return added;
}

async function demandAnswer(
  from: Shell,
  protocol: Protocol,
  address: string,
  port: number,
  { container }: Attachment,
): Promise<void> {
  const got = await requestReply(from, protocol, address, port);
  demand(
    got === container.id,
    `an answer of ${container.id} on ${protocol} port ${port} of ${address}, asked from ${from.name}`,
    got || "none",
  );
}

async function demandSilence(from: Shell, address: string, port: number, why: string): Promise<void> {
  const got = await requestReply(from, "tcp", address, port);
  demand(got === "", `no answer on port ${port} of ${address}: ${why}`, `one of ${got}`);
}

/** A bridge sends nothing back to the port that it came from unless told to; that is its own plugin's configuration. */
const ENABLE_HAIRPIN = `ip -o link show | sed -n 's/^[0-9]*: \\([^@:]*\\)@.* master .*/\\1/p' | while read -r port; do ip link set dev "$port" type bridge_slave hairpin on; done`;

/** From a machine beyond the node, from the node itself and from the container itself. */
async function forwardsPorts(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  const added = await mapped(context, mapping(8081));
  await run(shell, ["sh", "-ec", ENABLE_HAIRPIN]);
  for (const protocol of PROTOCOLS) {
    for (const from of [outside, shell, added.container.shell])
      await demandAnswer(from, protocol, NODE_ADDRESS, 8081, added);
  }
  await forwardsPortsIpv6(context);
}

/** Where the chain has IPv6 when it is given a pool of it. */
async function forwardsPortsIpv6(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  const pool = withPool(context.underTest.list, "10.203.0.0/24", "fd00:cb::/64");
  const ipam = pool === null ? null : ipamOf(pool);
  if (pool === null || ipam === null) return;
  const dual = context.withNetwork(withIpam(pool, { ...ipam, routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }] }));
  const target = await dual.createContainer();
  const { ok, raw } = await dual.tryAdd(target, mapping(8086));
  if (!ok || !JSON.stringify(raw).includes(`"fd00:cb::`)) return;
  await run(shell, ["ip", "addr", "add", `${NODE_IPV6}/64`, "dev", "eth0", "nodad"]);
  await run(outside, ["ip", "addr", "add", `${OUTSIDE_IPV6}/64`, "dev", "eth0", "nodad"]);
  await startServer(target.container.shell, CONTAINER_PORT, target.container.id);
  for (const protocol of PROTOCOLS) await demandAnswer(outside, protocol, NODE_IPV6, 8086, target);
}

async function keepsToAddress(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  await run(shell, ["ip", "addr", "add", `${OTHER_ADDRESS}/24`, "dev", "eth0"]);
  const added = await mapped(context, mapping(8081, { hostIP: OTHER_ADDRESS }));
  await demandAnswer(outside, "tcp", OTHER_ADDRESS, 8081, added);
  await demandSilence(outside, NODE_ADDRESS, 8081, `the mapping is for ${OTHER_ADDRESS} alone`);
}

/** The container and its server stay, so that only the mapping can be why nobody answers. */
async function goesWithDel(context: ClauseContext): Promise<void> {
  const { outside } = context.testNode;
  const [goes, stays] = [await mapped(context, mapping(8081)), await mapped(context, mapping(8082))];
  await demandAnswer(outside, "tcp", NODE_ADDRESS, 8081, goes);
  await context.invokeTarget("DEL", context.atLeast("0.4.0") ? goes : { ...goes, raw: null }, mapping(8081));
  await demandSilence(outside, NODE_ADDRESS, 8081, "its mapping was deleted");
  await demandAnswer(outside, "tcp", NODE_ADDRESS, 8082, stays);
}

async function rejectsInvalidMappings(context: ClauseContext): Promise<void> {
  await context.del(await mapped(context, mapping(8081)), mapping(8081));
  for (const wrong of [{ hostPort: 0 }, { hostPort: 99999 }, { containerPort: 0 }, { protocol: "cnibench" }]) {
    const target = await context.createContainer();
    const changes: Overrides = {
      capabilityArgs: { portMappings: [{ hostPort: 8083, containerPort: CONTAINER_PORT, protocol: "tcp", ...wrong }] },
    };
    const before = await readNodeObjects(context);
    demandRejected(await context.invokeTarget("ADD", target, changes), `a port mapping with ${JSON.stringify(wrong)}`);
    await context.invokeTarget("DEL", target, changes);
    const left = addedSince(before, await readNodeObjects(context));
    demand(
      left.length === 0,
      `nothing left of a port mapping with ${JSON.stringify(wrong)} after DEL`,
      `${left.length} things`,
      left,
    );
  }
}

const facts = { level: "beyond", since: "0.3.0", kinds: ["chained"], section: "Conventions" } as const;

export const portMappings = [
  {
    ...facts,
    id: "cap.portmappings",
    sentence:
      "A mapped port of the node leads to the container, over TCP and UDP, from outside, the node, and the container.",
    test: forwardsPorts,
  },
  {
    ...facts,
    id: "cap.portmappings.hostip",
    sentence: "A mapping with hostIP applies to that address only.",
    test: keepsToAddress,
  },
  {
    ...facts,
    id: "cap.portmappings.del",
    sentence: "DEL removes the mappings of the container and no others.",
    test: goesWithDel,
  },
  {
    ...facts,
    id: "cap.portmappings.invalid",
    sentence: "The plugin rejects a mapping with an invalid port or protocol, and leaves nothing behind.",
    test: rejectsInvalidMappings,
  },
] as const satisfies readonly Clause[];
