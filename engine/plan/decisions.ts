/** What the suites of a run decide about its comparisons before it starts. */
import { UsageError } from "../../core/errors.ts";
import { blocksForHeadlines, defaultBands, type RunFile } from "../../results/index.ts";
import { bandsByMetric, type Suite } from "../../suites/index.ts";

/**
 * Checks that the blocks can decide all headline questions of the suites. A single plugin is not compared, so its runs
 * need no blocks for headlines.
 * @param plugins number of plugins of the run
 * @throws UsageError with the number of blocks needed
 */
export function requireDecidableHeadlines(suites: readonly Suite[], plugins: number): void {
  const count = suites.reduce((sum, { headlines }) => sum + headlines.length, 0);
  const needed = blocksForHeadlines(count, plugins);
  const short = suites.find(({ headlines, blocks }) => headlines.length > 0 && blocks < needed);
  if (short === undefined) return;
  const rule = `${count} headline questions about ${plugins} plugins need at least ${needed} blocks`;
  const nextStep = `use --blocks ${needed}, or --exploratory for a run without headlines`;
  throw new UsageError(`${rule}, suite ${short.name} has ${short.blocks}; ${nextStep}`);
}

/** Returns what the suites decide before the run about its comparisons. Headlines are absent if there are none. */
export function decisionsOf(suites: readonly Suite[]): Pick<RunFile["plan"], "headlines" | "bands" | "defaultBands"> {
  const headlines = suites.flatMap(({ name, headlines }) => headlines.map((headline) => `${name}/${headline}`));
  const bands = suites.flatMap(({ name, equivalence }) =>
    Object.keys(equivalence).length === 0 ? [] : [[name, bandsByMetric(equivalence)] as const],
  );
  return {
    ...(headlines.length > 0 && { headlines }),
    ...(bands.length > 0 && { bands: Object.fromEntries(bands) }),
    defaultBands: defaultBands(),
  };
}
