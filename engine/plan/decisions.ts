/** What the suites of a run decide about its comparisons before it starts. */
import { UsageError } from "../../core/errors.ts";
import { blocksForHeadlines, defaultBands, questionId, type RunFile } from "../../results/index.ts";
import { bandsByMetric, minBlocks, stoppingRuleOf, type Suite } from "../../suites/index.ts";

/**
 * Checks that the blocks can decide all headline questions of the suites. A single plugin is not compared, so its runs
 * need no blocks for headlines.
 * @param plugins number of plugins of the run
 * @throws UsageError with the number of blocks needed
 */
export function requireDecidableHeadlines(suites: readonly Suite[], plugins: number): void {
  const count = suites.reduce((sum, { headlines }) => sum + headlines.length, 0);
  const needed = blocksForHeadlines(count, plugins);
  const short = suites.find(({ headlines, blocks }) => headlines.length > 0 && minBlocks(blocks) < needed);
  if (short === undefined) return;
  const rule = `${count} headline questions about ${plugins} plugins need at least ${needed} blocks`;
  const nextStep = `use --blocks ${needed}, or --exploratory for a run without headlines`;
  const has = typeof short.blocks === "number" ? `has ${short.blocks}` : `may stop after ${short.blocks.min}`;
  throw new UsageError(`${rule}, suite ${short.name} ${has}; ${nextStep}`);
}

/**
 * Checks that each adaptive suite measures a headline, because the headlines end it.
 * @throws UsageError if `--only` or `--exploratory` omits them, or the suite has none
 */
export function requireStoppable({ stoppingRules = {}, headlines = [], cells }: RunFile["plan"]): void {
  const measured = cells.filter((cell) => cell.skip === undefined && headlines.includes(questionId(cell)));
  const endless = Object.keys(stoppingRules).find((name) => !measured.some(({ suite }) => suite === name));
  if (endless === undefined) return;
  throw new UsageError(
    `suite ${endless} stops by the precision of its headlines, but this run measures none; ` +
      "use a fixed number of blocks, such as --blocks 9",
  );
}

type Decisions = Pick<RunFile["plan"], "headlines" | "bands" | "defaultBands" | "stoppingRules">;

/** Returns what the suites decide before the run about its comparisons. Headlines are absent if there are none. */
export function decisionsOf(suites: readonly Suite[]): Decisions {
  const headlines = suites.flatMap(({ name, headlines }) => headlines.map((headline) => `${name}/${headline}`));
  const bands = suites.flatMap(({ name, equivalence }) =>
    Object.keys(equivalence).length === 0 ? [] : [[name, bandsByMetric(equivalence)] as const],
  );
  const rules = suites.flatMap(({ name, blocks }) => {
    const rule = stoppingRuleOf(blocks);
    return rule === null ? [] : [[name, rule] as const];
  });
  return {
    ...(headlines.length > 0 && { headlines }),
    ...(bands.length > 0 && { bands: Object.fromEntries(bands) }),
    defaultBands: defaultBands(),
    ...(rules.length > 0 && { stoppingRules: Object.fromEntries(rules) }),
  };
}
