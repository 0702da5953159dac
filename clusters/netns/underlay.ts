/** The network between the nodes, as `ip -batch` lines: one bridge in the lab, and veth pairs to the interfaces of each node. */
import { nodeAddress, nodeAddress6, UNDERLAY_PREFIX, UNDERLAY_PREFIX6 } from "../nodes/addresses.ts";

/** Where an interface of a node is plugged in. @param index 1 for the first node. @param link 0 for its eth0, 1 for net1 ... */
export function bridgePort(index: number, link: number): string {
  return `port${index}-${link}`;
}

/** Names of the interfaces of a node. @param spareLinks number of those beside eth0. */
export function linkNames(spareLinks: number): readonly string[] {
  return ["eth0", ...Array.from({ length: spareLinks }, (_, i) => `net${i + 1}`)];
}

/** Lines for the lab. @param pids the first process of each node, in the lab's PID namespace. @param mtu bytes. */
export function underlayBatch(pids: readonly number[], mtu: number, spareLinks: number): string {
  const ports = pids.flatMap((pid, i) =>
    linkNames(spareLinks).flatMap((link, k) => [
      `link add ${bridgePort(i + 1, k)} mtu ${mtu} type veth peer name ${link} mtu ${mtu} netns ${pid}`,
      `link set ${bridgePort(i + 1, k)} master underlay up`,
    ]),
  );
  return [`link add underlay mtu ${mtu} type bridge`, ...ports, "link set underlay up", ""].join("\n");
}

/** Lines for one node. @param index 1 for the first. @param ipv6 whether the system has it. */
export function nodeBatch(index: number, ipv6: boolean, spareLinks: number): string {
  // Nobody else is in the lab: without `nodad` an address would be unusable for two seconds.
  const ip6 = ipv6 ? [`addr add ${nodeAddress6(index)}/${UNDERLAY_PREFIX6} dev eth0 nodad`] : [];
  const up = linkNames(spareLinks).map((link) => `link set ${link} up`);
  return [`addr add ${nodeAddress(index)}/${UNDERLAY_PREFIX} dev eth0`, ...ip6, ...up, ""].join("\n");
}
