/** `cnibench plan`: prints the tasks of a run, its duration and disk space, its skips, and what prevents it. */
import { formatProblem, printable } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { missingTools } from "../../tools/index.ts";
import {
  estimateSeconds,
  findProblems,
  type HeadlinePrediction,
  interleavingOf,
  noiseCardFor,
  type NoiseCardLookup,
  type Plan,
  predictHeadlines,
  prepare,
} from "../../engine/index.ts";
import { columns, formatCount, formatPercent, formatRatio, plannedBlocks } from "../../reports/index.ts";
import type { Interleaving } from "../../results/index.ts";
import { type BlockCount, maxBlocks, minBlocks } from "../../suites/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { readChoices, type ChoiceFlags } from "../flags/run-choices.ts";
import { interruptible } from "../terminal/interrupt.ts";
import { describeReferences, referencesOf } from "../flags/references.ts";

/**
 * Disk space in bytes of a repetition with a load of one second, whose files take at least 4 KiB each. In runs of the
 * suite `quick`: 78 kB of `iperf3`, 53 kB of `netperf`, 31 to 33 kB of `lifecycle`, and 60 kB on average with reports.
 */
const BYTES_PER_REPETITION = 60_000;
/** Further bytes of each second of a load of more than one second: most are readings of the CPU time. */
const BYTES_PER_SECOND = 22_000;

export interface PlanFlags extends ChoiceFlags {
  readonly format: "text" | "json";
}

export async function planCommand(host: Host, flags: PlanFlags): Promise<ExitCode> {
  const { choices, plan, tools, problems, noise } = await interruptible(host, async (interruptibleHost) => {
    const chosen = await readChoices(interruptibleHost, flags);
    const prepared = await prepare(interruptibleHost, chosen, { onProbe: () => announceProbe(chosen.kind.name) });
    const found = await findProblems(interruptibleHost, prepared);
    return { ...prepared, problems: found.problems.map(formatProblem), noise: noiseCardFor(host, chosen) };
  });
  const { kind, plugins, seed, spec } = choices;
  const interleaving = interleavingOf({ kind, plugins, nodes: spec.nodes });
  const missing = missingTools(host, tools.onHost).map(({ name }) => name);
  const references = referencesOf(plugins, kind.api);
  const seconds = Math.ceil(estimateSeconds(plan, kind.deploySeconds));
  const minSeconds = Math.ceil(estimateSeconds(plan, kind.deploySeconds, minBlocks));
  const bytes = plan.tasks.reduce((sum, task) => sum + estimateBytes(task), 0);
  const predictions = noise.card === null ? [] : predictHeadlines(plan, noise.card);
  if (flags.format === "json") {
    const estimate = { ...(plan.stoppingRules !== undefined && { minSeconds }), seconds, bytes };
    const detectable = predictions.length === 0 ? {} : { detectable: predictions };
    const printed = { ...plan, tasks: undefined, seed, interleaving, estimate, ...detectable };
    process.stdout.write(`${JSON.stringify({ ...printed, missing, problems, references }, null, 2)}\n`);
    return EXIT.success;
  }
  process.stdout.write(describe(plan, seed, { seconds, minSeconds, bytes }, interleaving));
  if (plan.headlines !== undefined) process.stdout.write(describeNoise(predictions, noise));
  if (references.length > 0) process.stdout.write(`\n${describeReferences(references)}`);
  if (missing.length > 0) process.stdout.write(`\nmissing: ${missing.join(", ")} (download with: cnibench setup)\n`);
  if (problems.length > 0) process.stdout.write(`\n${problems.map((one) => `problem: ${one}\n`).join("")}`);
  return EXIT.success;
}

/** Returns what each headline question can show, or the reason why that is unknown. */
function describeNoise(predictions: readonly HeadlinePrediction[], { card, problem }: NoiseCardLookup): string {
  if (card === null) return problem === null ? "" : `\n${printable(problem)}\n`;
  const head = `smallest difference shown with 80 % probability, for two plugins (noise card of ${card.measuredAt}):\n`;
  const rows = predictions.map(({ question, ratio }) => [
    question,
    ratio === null ? "unknown: the noise card has no such load" : `ratio ${formatRatio(ratio, [1, ratio])}`,
  ]);
  return `\n${head}${columns(rows)}`;
}

/** Announces the only side effect of planning. */
function announceProbe(kind: string): void {
  process.stderr.write(`starting a ${kind} lab to probe the kernel of the nodes\n`);
}

/** Returns the disk space of all repetitions of a task, in bytes. */
function estimateBytes({ runner, suite, scenario }: Plan["tasks"][number]): number {
  const seconds = runner.scope === "pair" ? suite.duration - 1 : 0;
  return maxBlocks(suite.blocks) * scenario.repetitions * (BYTES_PER_REPETITION + seconds * BYTES_PER_SECOND);
}

interface Estimate {
  readonly seconds: number;
  /** Less than `seconds` if a rule may end a suite. */
  readonly minSeconds: number;
  readonly bytes: number;
}

function describe(
  plan: Plan,
  seed: number,
  { seconds, minSeconds, bytes }: Estimate,
  { applied, reason }: Interleaving,
): string {
  const least = minSeconds < seconds ? `${Math.ceil(minSeconds / 60)} to ` : "";
  const range = minSeconds < seconds ? `${minSeconds} to ${seconds}` : `${seconds}`;
  const head = [
    `cluster ${plan.cluster} (${plan.clusterReason}), ${formatCount(plan.nodes, "node")}`,
    `${plannedBlocks(plan).en}, seed ${seed}; about ` +
      `${least}${Math.ceil(seconds / 60)} min (${range} s) and ${Math.ceil(bytes / 1e6)} MB of disk space`,
    ...Object.entries(plan.stoppingRules ?? {}).map(
      ([suite, { min, max, until }]) =>
        `suite ${suite} stops after ${min} to ${max} blocks, when the 95 % interval of a ratio of two plugins is ` +
        `expected to reach at most ${formatPercent(until)} to each side in all headlines`,
    ),
    ...(plan.plugins.length === 0
      ? []
      : [`plugins of a block are measured ${applied ? "in turn" : `one after the other: ${reason}`}`]),
  ];
  const tasks = plan.tasks.map(({ id, runner, suite, scenario }) => [
    id,
    runner.name,
    `${blockRange(suite.blocks)} x ${scenario.repetitions}`,
    runner.scope === "pair" ? `${suite.duration} s` : "",
    Object.entries(scenario.params)
      .map(([key, value]) => `${key}=${value}`)
      .join(" "),
  ]);
  const skipped = [...plan.cells, ...plan.checks].flatMap(({ id, skip }) =>
    skip === undefined ? [] : [`skipped: ${id}: ${skip}\n`],
  );
  const table = columns([["task", "runner", "blocks x reps", "load", "parameters"], ...tasks]);
  return `${head.join("\n")}\n\n${table}\n${skipped.join("")}`;
}

function blockRange(count: BlockCount): string {
  return typeof count === "number" ? `${count}` : `${count.min} to ${count.max}`;
}
