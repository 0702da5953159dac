import { EnvironmentError } from "../../core/errors.ts";

/**
 * Returns the entry of one node from a list with one entry per node.
 * @param index 0 for the first node
 * @throws EnvironmentError if the cluster has fewer nodes
 */
export function nodeAt<T>(nodes: readonly T[], index: number): T {
  const node = nodes[index];
  if (node === undefined)
    throw new EnvironmentError(`${index + 1} nodes required, ${nodes.length} available; use --nodes ${index + 1}`);
  return node;
}
