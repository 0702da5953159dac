/** The network between the nodes, as `ip -batch` lines: one bridge in the lab, and a veth pair to each node's eth0. */
import { nodeAddress, UNDERLAY_PREFIX } from "./addresses.ts";

/** Lines for the lab. @param pids the first process of each node, in the lab's PID namespace. @param mtu bytes. */
export function underlayBatch(pids: readonly number[], mtu: number): string {
  const ports = pids.flatMap((pid, i) => [
    `link add port${i + 1} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${pid}`,
    `link set port${i + 1} master underlay up`,
  ]);
  return [`link add underlay mtu ${mtu} type bridge`, ...ports, "link set underlay up", ""].join("\n");
}

/** Lines for one node. @param index 1 for the first. */
export function nodeBatch(index: number): string {
  return [`addr add ${nodeAddress(index)}/${UNDERLAY_PREFIX} dev eth0`, "link set eth0 up", ""].join("\n");
}
