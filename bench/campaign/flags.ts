/** Reads the command line of a campaign: `aa [--cut] [--out DIR] [--limit 5m] [--runs N] [--slowed-runs N]`. Pure. */
import { parseArgs } from "node:util";
import { messageOf, UsageError } from "../../core/errors.ts";
import { integerParser, parseDuration } from "../../core/quantities.ts";
import type { Counts } from "./campaign-plan.ts";

export interface CampaignFlags {
  /** Whether to measure only what fits into two minutes, for CI. */
  readonly cut: boolean;
  /** Directory of the runs; null: a temporary one. */
  readonly out: string | null;
  /** Seconds after which no further run starts. */
  readonly limit: number;
  readonly counts: Counts;
}

const DEFAULT_DIR = "cnibench-out/campaign";
const COUNTS: Counts = { equal: 20, slowed: 4 };
const COUNTS_OF_CUT: Counts = { equal: 2, slowed: 1 };
const MAX_RUNS = 1000;

/** @throws UsageError */
export function readFlags(args: readonly string[]): CampaignFlags {
  const { values, positionals } = parse(args);
  const name = positionals.join(" ");
  if (name !== "aa") throw new UsageError(`unknown campaign "${name}"; available: aa`);
  const { cut, out, limit, runs, "slowed-runs": slowedRuns } = values;
  const { equal, slowed } = cut ? COUNTS_OF_CUT : COUNTS;
  const parseCount = integerParser(0, MAX_RUNS);
  return {
    cut,
    out: out ?? (cut ? null : DEFAULT_DIR),
    limit: limit === undefined ? Infinity : parseDuration(limit),
    counts: {
      equal: runs === undefined ? equal : parseCount(runs),
      slowed: slowedRuns === undefined ? slowed : parseCount(slowedRuns),
    },
  };
}

const OPTIONS = {
  cut: { type: "boolean", default: false },
  out: { type: "string" },
  limit: { type: "string" },
  runs: { type: "string" },
  "slowed-runs": { type: "string" },
} as const;

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}
