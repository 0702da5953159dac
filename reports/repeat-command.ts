/** Command lines of stored runs for a shell: the one of the run, and those that measure a part of it again. */
import { quoteWord } from "../core/text.ts";
import type { RunFile } from "../results/index.ts";

/** Options with a value that belong to the stored run. */
const OMITTED = [
  ...["--out", "--resume", "--report"],
  // Of the gate, which compares with another run.
  ...["--confirm", "--base-bin-dir", "--fail-on", "--known", "--threshold"],
];

/** What to measure again; without a plugin or a path, all of them. */
export interface RepeatedPart {
  readonly suite: string;
  readonly scenario: string;
  readonly metric: string;
  readonly plugin?: string;
  readonly path?: string;
}

/**
 * Returns the command of the run, limited to a part, with the same number of blocks and order of plugins. It measures
 * the other metrics of the same load, too, and the baseline of the scenario.
 */
export function repeatCommand(run: RunFile, part: RepeatedPart): string {
  const { command, seed, plan, definition } = run;
  const { suite, scenario, metric, plugin = "*", path = "*" } = part;
  const blocks = blocksOf(run, suite);
  const options = {
    // Those of the definition have absolute paths, and are those of the second measurement of a gate.
    ...(definition.plugins !== null && { "--plugins": definition.plugins.join(",") }),
    "--cluster": plan.cluster,
    "--only": [suite, scenario, plugin, plan.cluster, path, metric].join("/"),
    ...(blocks !== null && { "--blocks": String(blocks) }),
    "--seed": String(seed),
  };
  const omitted = [...OMITTED, ...Object.keys(options)];
  const kept = command.filter(
    (argument, index) =>
      !omitted.includes(command[index - 1] ?? "") &&
      !omitted.some((option) => argument === option || argument.startsWith(`${option}=`)),
  );
  return shellCommand([...kept, ...Object.entries(options).flat()]);
}

/**
 * Returns the measured blocks of a suite of an adaptive run, because a part without headlines has nothing that ends it;
 * null for other runs, whose number of blocks is fixed.
 */
function blocksOf({ plan, stopping = [] }: RunFile, suite: string): number | null {
  if (plan.stoppingRules === undefined) return null;
  const end = stopping.findLast((decision) => decision.suite === suite && decision.stop);
  return end?.block ?? plan.cells.find((cell) => cell.suite === suite)?.blocks ?? plan.blocks;
}

/** A home directory, which stored runs abbreviate, at the beginning of a path. */
const HOME = /(?<=^|[@=,:])~(?=\/|$)/;

/** Returns a stored command line for a POSIX shell, which expands the home directory. */
export function shellCommand(command: readonly string[]): string {
  const quoted = (text: string): string => (text === "" ? "" : quoteWord(text));
  return command
    .map((word) => (HOME.test(word) ? word.split(HOME).map(quoted).join('"$HOME"') : quoteWord(word)))
    .join(" ");
}
