/** The addresses of a lab. They exist only inside it, so they are the same in every lab. */

/** The range that all pods of a cluster lie in. */
export const POD_CIDR = "10.244.0.0/16";
export const UNDERLAY_PREFIX = 24;

/** @param index 1 for the first node. */
export function nodeAddress(index: number): string {
  return `172.31.0.${index + 10}`;
}

export function nodePodCidr(index: number): string {
  return `10.244.${index}.0/24`;
}
