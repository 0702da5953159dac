/** The families of IP addresses: what pods get, and what the loads between them use. */
import { isIPv6 } from "node:net";

/** `dual`: pods have an address of each family; loads use the IPv4 one, as RFC 6724 (2.1) ranks private addresses. */
export const FAMILIES = ["ipv4", "ipv6", "dual"] as const;
export type Family = (typeof FAMILIES)[number];

/** The switch that keeps a tool to the family of this address, the same in iperf3, netperf and ip. */
export function ipFlag(ip: string): "-4" | "-6" {
  return isIPv6(ip) ? "-6" : "-4";
}
