import { EnvironmentError } from "../core/errors.ts";

/** One of what every node has. @param index 0 for the first node. @throws EnvironmentError when there are fewer nodes. */
export function nodeAt<T>(nodes: readonly T[], index: number): T {
  const node = nodes[index];
  if (node === undefined)
    throw new EnvironmentError(`this needs ${index + 1} nodes; ask for them with --nodes ${index + 1}`);
  return node;
}
