/**
 * The network between the nodes as `ip -batch` lines: one bridge in the lab, and veth pairs to the interfaces of
 * each node.
 */
import { UNDERLAY_INTERFACE } from "../../core/model.ts";
import { linkNames, nodeAddress, nodeAddress6, UNDERLAY_PREFIX, UNDERLAY_PREFIX6 } from "../nodes/addresses.ts";

/**
 * Returns the bridge port of a node's interface.
 * @param index 1 for the first node
 * @param link 0 for eth0, 1 for net1, ...
 */
export function bridgePort(index: number, link: number): string {
  return `port${index}-${link}`;
}

/**
 * Returns the lines for the lab.
 * @param pids first process of each node, in the PID namespace of the lab
 * @param mtu bytes
 */
export function underlayBatch(pids: readonly number[], mtu: number, spareLinks: number): string {
  const ports = pids.flatMap((pid, i) =>
    linkNames(spareLinks).flatMap((link, k) => [
      `link add ${bridgePort(i + 1, k)} mtu ${mtu} type veth peer name ${link} mtu ${mtu} netns ${pid}`,
      `link set ${bridgePort(i + 1, k)} master underlay up`,
    ]),
  );
  return [`link add underlay mtu ${mtu} type bridge`, ...ports, "link set underlay up", ""].join("\n");
}

/** Returns the lines for one node. @param index 1 for the first node. @param ipv6 whether the system supports it */
export function nodeBatch(index: number, ipv6: boolean, spareLinks: number): string {
  // No other host can use the address, so skip duplicate address detection, which takes two seconds.
  const ip6 = ipv6 ? [`addr add ${nodeAddress6(index)}/${UNDERLAY_PREFIX6} dev ${UNDERLAY_INTERFACE} nodad`] : [];
  const up = linkNames(spareLinks).map((link) => `link set ${link} up`);
  return [`addr add ${nodeAddress(index)}/${UNDERLAY_PREFIX} dev ${UNDERLAY_INTERFACE}`, ...ip6, ...up, ""].join("\n");
}
