/** Arranges the values of one question for the paired tests: a row per block, a column per plugin. */
import { type Block, deploymentKey } from "./blocks.ts";
import type { Observations } from "./inference/group-statistics.ts";

/** `ratio`: differences are of logarithms, because drift of the machine scales all values. */
export type ComparisonScale = "ratio" | "difference";

/**
 * Returns the values of each block that a single session measured entirely. Hours can lie between two sessions, so
 * values of different sessions are not in one row. Rows with a single value compare nothing and are omitted.
 */
export function observationsOf(plugins: readonly (readonly Block[])[], scale: ComparisonScale): Observations {
  const rows = new Map<number, (number | null)[]>();
  plugins.forEach((blocks, plugin) => {
    for (const { block, session, value } of blocks) {
      if (session === null) continue;
      const key = deploymentKey(block, session);
      let row = rows.get(key);
      if (row === undefined) rows.set(key, (row = Array<number | null>(plugins.length).fill(null)));
      row[plugin] = scale === "ratio" ? Math.log(value) : value;
    }
  });
  return [...rows.values()].filter((row) => row.filter((value) => value !== null).length > 1);
}

/** Returns `difference` if a value that can be compared is 0 or less (a count), which has no logarithm. */
export function scaleOf(plugins: readonly (readonly Block[])[]): ComparisonScale {
  const hasLogarithm = ({ session, value }: Block): boolean => session === null || value > 0;
  return plugins.every((blocks) => blocks.every(hasLogarithm)) ? "ratio" : "difference";
}
