/**
 * `npm run campaign -- aa`: measures the error rate of real runs, which compare the same plugin under two names, and
 * which slowed copies they find.
 */
import { join } from "node:path";
import type { Host } from "../../core/host.ts";
import { lockHost } from "../../engine/index.ts";
import { loadRun, summarize, type Summary } from "../../results/index.ts";
import { shippedSuites } from "../../suites/index.ts";
import { parseSuite } from "../resume.ts";
import { designOf, runsOf, type CampaignRun, type Design } from "./campaign-plan.ts";
import { ORIGINAL, writeCopies } from "./copies.ts";
import type { CampaignFlags, CampaignResult } from "./flags.ts";
import { equalFigures, slowedFigures } from "./figures.ts";
import { choicesOfRun, measureRun, nextStepOf } from "./measure.ts";
import { outcomeOf, toMarkdown, type Outcome } from "./outcome.ts";

/** Measures the runs of a campaign and counts their verdicts. Only one process measures on a host. */
export async function measureEqualAndSlowed(
  host: Host,
  dir: string,
  flags: CampaignFlags,
): Promise<CampaignResult<Outcome>> {
  const unlock = await lockHost(host);
  try {
    const outcome = await campaign(host, dir, flags);
    return { outcome, markdown: toMarkdown(outcome) };
  } finally {
    unlock();
  }
}

async function campaign(host: Host, dir: string, { cut, limit, counts }: CampaignFlags): Promise<Outcome> {
  const suite = parseSuite(shippedSuites().find(({ name }) => name === "quick")?.text ?? "");
  const all = writeCopies(join(dir, "bin"), cut);
  const copies = cut ? all.filter(({ isRequired }) => isRequired) : all;
  const finished = await measureRuns(host, runsOf(copies, counts), { dir, limit, design: designOf(suite, cut) });
  const summariesOf = async (copy: CampaignRun["copy"]): Promise<readonly Summary[]> =>
    Promise.all(finished.filter((run) => run.copy === copy).map(({ id }) => summaryOf(join(dir, id))));
  const slowed = copies.map(async (copy) => slowedFigures(copy, ORIGINAL.name, await summariesOf(copy)));
  return outcomeOf(equalFigures(await summariesOf(null)), await Promise.all(slowed));
}

interface Progress {
  readonly dir: string;
  readonly limit: number;
  readonly design: Design;
}

/** Measures runs until the limit. @returns the complete ones */
async function measureRuns(
  host: Host,
  runs: readonly CampaignRun[],
  { dir, limit, design }: Progress,
): Promise<readonly CampaignRun[]> {
  const finished: CampaignRun[] = [];
  const started = host.clock.now();
  for (const run of runs) {
    const runDir = join(dir, run.id);
    const choices = choicesOfRun(run, design);
    const step = await nextStepOf(host, runDir, choices);
    if (step !== "keep") {
      if (host.clock.now() - started >= limit) continue;
      console.error(`${run.id}: ${step} (${finished.length} of ${runs.length} runs complete)`);
      await measureRun(host, runDir, choices, step);
    }
    finished.push(run);
  }
  return finished;
}

async function summaryOf(dir: string): Promise<Summary> {
  const { run, records, loadWarnings } = await loadRun(dir);
  return summarize(run, records, loadWarnings);
}
