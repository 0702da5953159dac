import { addressAt, hasHostBits, isCidr, isIpv6, prefixOf } from "../core/ip.ts";

/** The parts of a node's IPv4 pod range that recipes write into configurations. */
interface Subnet {
  /** Network address: `10.244.1.0`. */
  readonly address: string;
  /** First host, also the gateway if there is one: `10.244.1.1`. */
  readonly firstHost: string;
  /** Last host: `10.244.1.254`. */
  readonly lastHost: string;
}

/**
 * Parses a pod range.
 * @throws RangeError if it is not an aligned IPv4 range from /16 to /24
 */
export function subnetOf(cidr: string): Subnet {
  if (!isCidr(cidr) || isIpv6(cidr) || hasHostBits(cidr) || prefixOf(cidr) < 16 || prefixOf(cidr) > 24)
    throw new RangeError(`invalid pod range of a node: ${cidr}; use an IPv4 range from /16 to /24`);
  return { address: addressAt(cidr, 0), firstHost: addressAt(cidr, 1), lastHost: addressAt(cidr, -2) };
}
