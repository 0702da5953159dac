/** Selects the suites of a run: shipped ones, files of the user, or those of a resumed run. */
import { readFileSync } from "node:fs";
import { describeReadError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text.ts";
import { RUN_FILE } from "../../results/index.ts";
import { runnerFacts } from "../../runners/index.ts";
import { loadSuite, shippedSuites, type Suite } from "../../suites/index.ts";
import { applyBlocks, type BlocksFlag } from "./blocks.ts";

interface SuiteFlags {
  readonly suite?: readonly string[];
  readonly blocks?: BlocksFlag;
  readonly duration?: number;
  readonly exploratory?: boolean;
}

const DEFAULT_SUITE = "quick";

/**
 * Returns the suites with the blocks and duration of the flags, and without headlines if the run is exploratory.
 * @param stored suites of a resumed run instead of the default one; `--suite` takes precedence
 * @param problems receives all problems
 */
export function chooseSuites(
  flags: SuiteFlags,
  stored: readonly object[] | undefined,
  problems: string[],
): readonly Suite[] {
  const suites =
    flags.suite === undefined && stored !== undefined
      ? stored.flatMap((suite) => parseSuite(JSON.stringify(suite), RUN_FILE, problems, true))
      : (flags.suite ?? [DEFAULT_SUITE]).flatMap((name) => findSuite(name, problems));
  return suites.map((suite) => ({
    ...suite,
    blocks: applyBlocks(flags.blocks, suite.blocks),
    duration: flags.duration ?? suite.duration,
    headlines: flags.exploratory === true ? [] : suite.headlines,
  }));
}

function findSuite(name: string, problems: string[]): Suite[] {
  const shipped = shippedSuites();
  const found = shipped.find((suite) => suite.name === name);
  if (found !== undefined) return parseSuite(found.text, found.file, problems);
  if (/\.ya?ml$/.test(name)) return readSuite(name, problems);
  const known = shipped.map((suite) => suite.name);
  problems.push(
    `unknown suite "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}; or the path of a .yaml file`,
  );
  return [];
}

function readSuite(file: string, problems: string[]): Suite[] {
  let yaml: string;
  try {
    yaml = readFileSync(file, "utf8");
  } catch (error) {
    problems.push(`--suite ${file}: ${describeReadError(error)}`);
    return [];
  }
  return parseSuite(yaml, file, problems);
}

function parseSuite(text: string, file: string, problems: string[], isStored = false): Suite[] {
  const loaded = loadSuite(text, file, runnerFacts(), { isStored });
  if ("suite" in loaded) return [loaded.suite];
  problems.push(...loaded.problems);
  return [];
}
