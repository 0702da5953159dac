/** The work of the self-test, in pieces that are simulated independently of each other. */
import { RATIO_QUESTIONS } from "./questions.ts";
import { SHAPE_NAMES, type ShapeName } from "./noise.ts";
import { randomDesign, simulateReport, type ReportDesign } from "./simulated-report.ts";
import { add, judge, tallyOf, type Tally } from "./tally.ts";

/** Reports of one kind with consecutive numbers. */
export interface Task {
  readonly kind: "errors" | "power 20 %" | "power 50 %";
  readonly shape: ShapeName;
  readonly plugins: number;
  /** Number of the first report. */
  readonly first: number;
  readonly reports: number;
}

/** Reports by number of plugins. */
const REPORTS = { 2: 3336, 3: 3336, 4: 3336, 5: 80, 6: 80, 7: 80, 8: 64 };
const REPORTS_OF_CUT = { 2: 240, 3: 240, 4: 240, 5: 24 };
const POWER_REPORTS = 2000;
const POWER_REPORTS_OF_CUT = 400;
/** Reports of a task, which takes seconds. */
const TASK_SIZE = 140;

/** Returns the tasks, those that take longest first. */
export function tasksOf(isCut: boolean): Task[] {
  const errors = Object.entries(isCut ? REPORTS_OF_CUT : REPORTS).flatMap(([plugins, reports]) =>
    SHAPE_NAMES.flatMap((shape) =>
      split({ kind: "errors", shape, plugins: Number(plugins), first: 0, reports: reports / SHAPE_NAMES.length }),
    ),
  );
  const power = (["power 20 %", "power 50 %"] as const).flatMap((kind) =>
    split({ kind, shape: "normal", plugins: 3, first: 0, reports: isCut ? POWER_REPORTS_OF_CUT : POWER_REPORTS }),
  );
  return [...errors.reverse(), ...power];
}

function split({ reports, ...task }: Task): Task[] {
  const count = Math.ceil(reports / TASK_SIZE);
  return Array.from({ length: count }, (_, index) => {
    const first = index * TASK_SIZE;
    return { ...task, first, reports: Math.min(TASK_SIZE, reports - first) };
  });
}

/** Simulates and judges the reports of a task. */
export function runTask(task: Task, seed: number): Tally {
  let tally: Tally = {};
  for (let report = task.first; report < task.first + task.reports; report++) {
    const design = designOf(task, report, seed);
    tally = add(tally, tallyOf(judge(simulateReport(design), design)));
  }
  return tally;
}

/** Room for the numbers of the reports of one kind, shape and number of plugins. */
const SEEDS_PER_SERIES = 100_000;

/** Returns the design of a report. Each report has its own seed. */
function designOf({ kind, shape, plugins }: Task, report: number, seed: number): ReportDesign {
  const kinds = ["errors", "power 20 %", "power 50 %"].indexOf(kind);
  const series = ((seed * 3 + kinds) * SHAPE_NAMES.length + SHAPE_NAMES.indexOf(shape)) * 10 + plugins;
  const ownSeed = series * SEEDS_PER_SERIES + report;
  return kind === "errors"
    ? randomDesign(ownSeed, plugins, shape)
    : powerDesign(ownSeed, kind === "power 20 %" ? 0.8 : 0.5);
}

/** The design of the power figures: 3 plugins, one of them lower, 6 blocks, one headline. */
function powerDesign(seed: number, lower: number): ReportDesign {
  return {
    ...{ seed, plugins: 3, blocks: 6, shape: "normal", spread: 0.1, headlines: 1, questions: 1, shifts: null },
    effects: RATIO_QUESTIONS.slice(0, 1).map(() => [lower, 1, 1]),
  };
}
