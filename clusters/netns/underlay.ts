/** The network between the nodes, as `ip -batch` lines: one bridge in the lab, and a veth pair to each node's eth0. */
import { nodeAddress, nodeAddress6, UNDERLAY_PREFIX, UNDERLAY_PREFIX6 } from "./addresses.ts";

/** @param index 1 for the first node. */
export function portOf(index: number): string {
  return `port${index}`;
}

/** Lines for the lab. @param pids the first process of each node, in the lab's PID namespace. @param mtu bytes. */
export function underlayBatch(pids: readonly number[], mtu: number): string {
  const ports = pids.flatMap((pid, i) => [
    `link add ${portOf(i + 1)} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${pid}`,
    `link set ${portOf(i + 1)} master underlay up`,
  ]);
  return [`link add underlay mtu ${mtu} type bridge`, ...ports, "link set underlay up", ""].join("\n");
}

/** Lines for one node. @param index 1 for the first. @param ipv6 whether the system has it. */
export function nodeBatch(index: number, ipv6: boolean): string {
  // Nobody else is in the lab: without `nodad` an address would be unusable for two seconds.
  const ip6 = ipv6 ? [`addr add ${nodeAddress6(index)}/${UNDERLAY_PREFIX6} dev eth0 nodad`] : [];
  return [`addr add ${nodeAddress(index)}/${UNDERLAY_PREFIX} dev eth0`, ...ip6, "link set eth0 up", ""].join("\n");
}
