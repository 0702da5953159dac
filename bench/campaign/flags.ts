/**
 * Reads the command line of a campaign: `aa [--cut] [--out DIR] [--limit 5m] [--runs N] [--slowed-runs N]`, and the
 * same for `gate`. Pure.
 */
import { parseArgs } from "node:util";
import { messageOf, UsageError } from "../../core/errors.ts";
import { integerParser, parseDuration } from "../../core/quantities.ts";
import type { Counts } from "./campaign-plan.ts";

const CAMPAIGN_NAMES = ["aa", "gate"] as const;
export type CampaignName = (typeof CAMPAIGN_NAMES)[number];

/** The figures of a campaign, and a table of them. */
export interface CampaignResult<Outcome> {
  readonly outcome: Outcome;
  readonly markdown: string;
}

export interface CampaignFlags {
  readonly name: CampaignName;
  /** Whether to measure only what fits into two minutes, for CI. */
  readonly cut: boolean;
  /** Directory of the runs; null: a temporary one. */
  readonly out: string | null;
  /** Seconds after which no further run starts. */
  readonly limit: number;
  readonly counts: Counts;
}

interface Defaults {
  readonly dir: string;
  readonly counts: Counts;
  readonly countsOfCut: Counts;
}

const DEFAULTS: Readonly<Record<CampaignName, Defaults>> = {
  aa: {
    dir: "cnibench-out/campaign",
    counts: { equal: 20, slowed: 4 },
    countsOfCut: { equal: 2, slowed: 1 },
  },
  gate: {
    dir: "cnibench-out/campaign-gate",
    counts: { equal: 20, slowed: 20 },
    countsOfCut: { equal: 1, slowed: 1 },
  },
};
const MAX_RUNS = 1000;

/** @throws UsageError */
export function readFlags(args: readonly string[]): CampaignFlags {
  const { values, positionals } = parse(args);
  const name = CAMPAIGN_NAMES.find((each) => each === positionals.join(" "));
  if (name === undefined)
    throw new UsageError(`unknown campaign "${positionals.join(" ")}"; available: ${CAMPAIGN_NAMES.join(", ")}`);
  const { cut, out, limit, runs, "slowed-runs": slowedRuns } = values;
  const defaults = DEFAULTS[name];
  const { equal, slowed } = cut ? defaults.countsOfCut : defaults.counts;
  const parseCount = integerParser(0, MAX_RUNS);
  return {
    ...{ name, cut },
    out: out ?? (cut ? null : defaults.dir),
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
