/** The headline questions of a suite, which its report decides with a bounded chance of any false verdict. */
import { METRICS } from "../core/metrics.ts";
import type { RunnerFacts } from "../core/params.ts";
import type { DataNode } from "../core/validation/document.ts";
import { quote, suggestionFor, type Problems } from "../core/validation/problems.ts";
import { text, type DescribedType } from "../core/validation/value-types.ts";
import { blocksForHeadlines } from "../results/index.ts";
import { maxBlocks, minBlocks } from "./block-count.ts";
import type { Scenario, Suite } from "./suite.ts";

/** A list of `scenario/path/metric`, still to be checked against the scenarios. */
export const HEADLINES: DescribedType<readonly string[]> = {
  schema: { type: "array", uniqueItems: true, items: { type: "string", pattern: "^[^/]+/[^/]+/[^/]+$" } },
  read: (node, label, problems) => {
    if (node.kind !== "list") {
      problems.addMismatch(node, label, "a list of scenario/path/metric");
      return null;
    }
    return node.items.flatMap((item) => text.read(item, "a headline", problems) ?? []);
  },
};

/** The number of plugins that needs the fewest blocks. A run with others is checked when it is planned. */
const FEWEST_COMPARED_PLUGINS = 2;

/** Adds a problem for each headline that the scenarios do not measure. */
export function checkHeadlines(
  node: DataNode | null,
  suite: Suite,
  runners: Readonly<Record<string, RunnerFacts>>,
  problems: Problems,
): void {
  if (node?.kind !== "list" || node.items.length === 0) return;
  const questions = suite.scenarios.flatMap((scenario) => questionsOf(scenario, runners));
  const seen = new Set<string>();
  for (const item of node.items) {
    const given = item.kind === "scalar" ? String(item.value) : "";
    if (seen.has(given)) problems.add(item, `duplicate headline ${quote(given)}; remove it`);
    else if (!questions.includes(given)) {
      const suggestion = suggestionFor(given, questions);
      problems.add(item, `headline ${quote(given)} is not a scenario/path/metric that this suite ranks${suggestion}`);
    }
    seen.add(given);
  }
}

/** Adds a problem if the blocks of a suite cannot decide all of its headlines. */
export function checkHeadlineBlocks(node: DataNode | null, suite: Suite, problems: Problems): void {
  if (node?.kind !== "list" || node.items.length === 0) return;
  const needed = blocksForHeadlines(node.items.length, FEWEST_COMPARED_PLUGINS);
  const least = minBlocks(suite.blocks);
  if (least < needed) {
    const count = node.items.length;
    const has = least === maxBlocks(suite.blocks) ? `the suite has ${least}` : `the suite may stop after ${least}`;
    problems.add(node, `${count} headlines need at least ${needed} blocks, ${has}`);
  }
}

/** Returns the ranked questions of a scenario as `scenario/path/metric`. */
function questionsOf({ name, runner, paths }: Scenario, runners: Readonly<Record<string, RunnerFacts>>): string[] {
  const { metrics, ownPaths } = runners[runner] as RunnerFacts;
  const ranked = metrics.filter((metric) => METRICS[metric].better !== "none");
  const pluginPaths = [...paths, ...ownPaths].filter((path) => path !== "host");
  return pluginPaths.flatMap((path) => ranked.map((metric) => [name, path, metric].join("/")));
}
