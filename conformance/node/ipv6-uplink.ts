/** IPv6 on the uplink of a test node: only tests that need it add it, so that the other tests start faster. */
import { run } from "../../core/shell.ts";
import type { TestNode } from "./test-node.ts";

/** Addresses of the uplink `eth0` of the test node and of its other end. */
export const NODE_IPV6 = "fd00:c6::1";
export const OUTSIDE_IPV6 = "fd00:c6::2";

/** Adds the addresses. @throws CommandError when the kernel has no IPv6 */
export async function addIpv6Uplink({ shell, outside }: TestNode): Promise<void> {
  await run(shell, ["ip", "addr", "replace", `${NODE_IPV6}/64`, "dev", "eth0", "nodad"]);
  await run(outside, ["ip", "addr", "replace", `${OUTSIDE_IPV6}/64`, "dev", "eth0", "nodad"]);
}
