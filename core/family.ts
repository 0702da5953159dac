/** Defines the IP families of pods and of the loads between them. */
import { isIpv6 } from "./ip.ts";

/** `dual`: pods have an address of each family. Loads use IPv4, as RFC 6724 (2.1) ranks private addresses. */
export const FAMILIES = ["ipv4", "ipv6", "dual"] as const;
export type Family = (typeof FAMILIES)[number];

/** Returns the flag that restricts iperf3, netperf and ip to the family of this address. */
export function ipFlag(ip: string): "-4" | "-6" {
  return isIpv6(ip) ? "-6" : "-4";
}
