/** The work of the self-test of gates (`run --confirm`), in pieces that are simulated independently. */
import { conclude, judgeSuspects, MAX_CONFIRMATION_BLOCKS } from "../../../engine/index.ts";
import { comparePlugins, compareRuns, isSuspect, seededRandom } from "../../../results/index.ts";
import type { LoadedRun, Random, RunComparison } from "../../../results/index.ts";
import { BLOCKS, cancelledBy, RUNNERS, slownessOf, SPREADS, type Runners } from "../comparisons/comparison-tasks.ts";
import { PLUGIN, REFERENCE, simulateCard, simulateRun, simulateTwins } from "../comparisons/simulated-runs.ts";
import type { RunDesign } from "../comparisons/simulated-runs.ts";
import { SHAPE_NAMES } from "../noise.ts";
import { add, tallyOf, type Tally } from "../tally.ts";

/** `paired`: with `--base-bin-dir`. `unpaired`: with a noise card instead. */
export const CONFIRMATIONS = ["paired", "unpaired"] as const;

/** Gates of one kind with consecutive numbers, of a plugin that has not changed. */
export interface GateTask {
  readonly confirmation: (typeof CONFIRMATIONS)[number];
  readonly runners: Runners;
  /** Number of the first gate. */
  readonly first: number;
  readonly gates: number;
}

/** The shares that a gate contributes. */
export interface GateShares {
  /** 1 if the first measurement has a suspect, else 0. */
  readonly suspicion: number;
  /** 1 if both measurements show a regression, else 0. */
  readonly falseAlarm: number;
}

export type GateTally = Tally<keyof GateShares>;

const GATES = 4000;
const GATES_OF_CUT = 100;
/** Gates of a task, which takes seconds. */
const TASK_SIZE = 200;

/** Returns the tasks. */
export function gateTasksOf(isCut: boolean): GateTask[] {
  const all = isCut ? GATES_OF_CUT : GATES;
  return CONFIRMATIONS.flatMap((confirmation) =>
    RUNNERS.flatMap((runners) =>
      Array.from({ length: Math.ceil(all / TASK_SIZE) }, (_, i) => {
        const first = i * TASK_SIZE;
        return { confirmation, runners, first, gates: Math.min(TASK_SIZE, all - first) };
      }),
    ),
  );
}

/** Simulates and decides the gates of a task. */
export function runGateTask(task: GateTask, seed: number): GateTally {
  let tally: GateTally = {};
  for (let number = task.first; number < task.first + task.gates; number++)
    tally = add(tally, tallyOf(simulateGate(task, number, seed)));
  return tally;
}

const THRESHOLD = 1.05;
/** Distance between the seeds of the kinds. */
const SEEDS_PER_KIND = 100_000;

function simulateGate({ confirmation, runners }: GateTask, number: number, seed: number): GateShares {
  const kind = CONFIRMATIONS.indexOf(confirmation) * RUNNERS.length + RUNNERS.indexOf(runners);
  const random = seededRandom((seed * 1000 + kind) * SEEDS_PER_KIND + number);
  const spread = SPREADS[Math.floor(random() * SPREADS.length)] as number;
  const shape = SHAPE_NAMES[number % SHAPE_NAMES.length] ?? "normal";
  const design: RunDesign = { shape, spread, blocks: BLOCKS, cancelled: cancelledBy(runners) };
  const noiseCard = confirmation === "unpaired" ? simulateCard(design, random) : undefined;
  const run = (id: string, blocks: number): LoadedRun => {
    const state = { id, changes: [], slowness: slownessOf(runners, random) };
    return simulateRun({ ...design, blocks }, { ...state, ...(noiseCard !== undefined && { noiseCard }) }, random);
  };
  const base = run("base", BLOCKS);
  const first = compareRuns([base], [run("head", BLOCKS)], { threshold: THRESHOLD });
  const suspects = first.cells.filter((cell) => isSuspect(cell) && cell.plugin.head === PLUGIN);
  if (suspects.length === 0) return { suspicion: 0, falseAlarm: 0 };
  const again =
    confirmation === "paired"
      ? comparePair(design, random)
      : compareRuns([base], [run("again", MAX_CONFIRMATION_BLOCKS)], { threshold: THRESHOLD });
  const { outcome } = conclude({ suspects: judgeSuspects(suspects, [again]), clauses: [] }, []);
  return { suspicion: 1, falseAlarm: Number(outcome === "regression") };
}

/** Measures the binaries of base and head, which are the same, in the same blocks. A slow runner delays both. */
function comparePair(design: RunDesign, random: Random): RunComparison {
  const twins = simulateTwins({ ...design, blocks: MAX_CONFIRMATION_BLOCKS }, "confirmation", random);
  return comparePlugins(twins, { base: REFERENCE, head: PLUGIN }, THRESHOLD);
}
