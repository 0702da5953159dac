/**
 * Addresses and interfaces of the nodes of clusters that cnibench creates. They exist only inside a cluster, so they
 * are the same in each.
 */
import { addressAt, partOf } from "../../core/ip.ts";
import { UNDERLAY_INTERFACE } from "../../core/model.ts";

/** The range that contains all pod addresses of a cluster. */
export const POD_CIDR = "10.244.0.0/16";
export const POD_CIDR6 = "fd00:10:244::/48";
export const UNDERLAY_PREFIX = 24;
export const UNDERLAY_PREFIX6 = 64;

const UNDERLAY_CIDR = `172.31.0.0/${UNDERLAY_PREFIX}`;
const UNDERLAY_CIDR6 = `fd00:172:31::/${UNDERLAY_PREFIX6}`;
/** The first node has the next address. */
const ADDRESSES_BEFORE_NODES = 10;

/** @param index 1 for the first node */
export function nodeAddress(index: number): string {
  return addressAt(UNDERLAY_CIDR, ADDRESSES_BEFORE_NODES + index);
}

export function nodePodCidr(index: number): string {
  return partOf(POD_CIDR, 24, index);
}

export function nodeAddress6(index: number): string {
  return addressAt(UNDERLAY_CIDR6, ADDRESSES_BEFORE_NODES + index);
}

export function nodePodCidr6(index: number): string {
  return partOf(POD_CIDR6, 64, index);
}

/** Returns the names of a node's interfaces. @param spareLinks number of interfaces in addition to eth0 */
export function linkNames(spareLinks: number): readonly string[] {
  return [UNDERLAY_INTERFACE, ...Array.from({ length: spareLinks }, (_, i) => `net${i + 1}`)];
}
