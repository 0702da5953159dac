/** Arithmetic on IP addresses, based on Node's BlockList. */
import { BlockList, isIPv6 } from "node:net";

/** Reports whether the subnet, such as `10.1.0.0/16`, contains the address (the subnet may have host bits set). */
export function inSubnet(ip: string, cidr: string): boolean {
  const [net = "", bits = ""] = cidr.split("/");
  if (!sameFamily(ip, net)) return false;
  const family = isIPv6(net) ? "ipv6" : "ipv4";
  const block = new BlockList();
  block.addSubnet(net, Number(bits), family);
  return block.check(ip, family);
}

export function sameFamily(a: string, b: string): boolean {
  return isIPv6(a) === isIPv6(b);
}
