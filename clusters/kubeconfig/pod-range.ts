/** The address range of all pods of an existing cluster, as far as its nodes reveal it. Pure. */
import { EnvironmentError } from "../../core/errors.ts";
import type { CandidateNode } from "./choose-nodes.ts";

/**
 * Returns the smallest range that contains the ranges of all nodes.
 * @throws EnvironmentError if a node has no IPv4 range
 */
export function smallestCommonRange(nodes: readonly Pick<CandidateNode, "name" | "podCidr">[]): string {
  const ranges = nodes.map(({ name, podCidr }) => parseRange(name, podCidr));
  const first = Math.min(...ranges.map(({ start }) => start));
  const last = Math.max(...ranges.map(({ start, size }) => start + size - 1));
  let length = 32;
  const block = (address: number): number => Math.floor(address / 2 ** (32 - length));
  while (block(first) !== block(last)) length--;
  const start = block(first) * 2 ** (32 - length);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${length}`;
}

function parseRange(node: string, range: string): { readonly start: number; readonly size: number } {
  const [, address = "", length = ""] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(range) ?? [];
  if (address === "")
    throw new EnvironmentError(
      `node ${node} has no IPv4 pod range (spec.podCIDR), which an installed plugin requires; ` +
        "let the controller manager assign ranges with --allocate-node-cidrs",
    );
  return {
    start: address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0),
    size: 2 ** (32 - Number(length)),
  };
}
