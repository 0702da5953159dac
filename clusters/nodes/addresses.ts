/** Addresses of bare clusters. They exist only inside a cluster, so they are the same in each. */

/** The range that contains all pod addresses of a cluster. */
export const POD_CIDR = "10.244.0.0/16";
export const POD_CIDR6 = "fd00:10:244::/48";
export const UNDERLAY_PREFIX = 24;
export const UNDERLAY_PREFIX6 = 64;

/** @param index 1 for the first node */
export function nodeAddress(index: number): string {
  return `172.31.0.${index + 10}`;
}

export function nodePodCidr(index: number): string {
  return `10.244.${index}.0/24`;
}

export function nodeAddress6(index: number): string {
  return `fd00:172:31::${(index + 10).toString(16)}`;
}

export function nodePodCidr6(index: number): string {
  return `fd00:10:244:${index.toString(16)}::/64`;
}
