/** Recomputes the values of results.jsonl from the raw output of the tools. */
import { join } from "node:path";
import { messageOf, UsageError } from "../../core/errors.ts";
import { listAt, stringAt, valueAt } from "../../core/untrusted-json.ts";
import type { MetricName } from "../../core/metrics.ts";
import {
  type LoadedRun,
  type PlannedCell,
  type Repetition,
  RESULTS_FILE,
  type ResultRecord,
  type RunFile,
} from "../../results/index.ts";
import { changedDetail } from "./changed-detail.ts";
import { type Recomputed, type Runner, runners } from "../../runners/index.ts";
import { openRawDir, type RawDigests, type RawFiles, storedOutputs, verifyRawDigests } from "./raw-files.ts";

/** What the raw output shows. */
export interface VerifiedValues {
  readonly recomputed: number;
  /** Verdicts of checks, which are covered by digests only. */
  readonly checks: number;
  /** Names of runners that this version does not have. */
  readonly unknownRunners: readonly string[];
  /** Raw directories that were read. */
  readonly directories: ReadonlySet<string>;
}

/** A repetition: records with a common raw directory, which were written together. */
interface Group {
  readonly raw: string | null;
  /** Number of the line of the first record. */
  readonly line: number;
  readonly records: readonly ResultRecord[];
}

/**
 * Compares all raw files with their digests and all values with those of the raw files.
 * @param digests null for a run without
 * @throws UsageError that names the first difference
 */
export function verifyValues(
  dir: string,
  { run, records }: Pick<LoadedRun, "run" | "records">,
  digests: RawDigests | null,
): VerifiedValues {
  const planned = new Map(run.plan.cells.map((cell) => [cell.id, cell]));
  const unknownRunners = new Set<string>();
  const directories = new Set<string>();
  let [recomputed, checks] = [0, 0];
  for (const group of groupsOf([...records])) {
    checks += group.records.filter(({ kind, value }) => kind === "check" && value !== undefined).length;
    const files = group.raw === null ? null : openRawDir(dir, group.raw);
    if (files !== null && group.raw !== null) {
      directories.add(group.raw);
      if (digests !== null) verifyRawDigests(dir, group.raw, files, digests);
    }
    const measured = group.records.filter((record): record is Repetition => record.kind === "repetition");
    const cell = measured.find(({ value }) => value !== undefined)?.cell;
    if (cell === undefined) continue;
    const task = planned.get(cell) as PlannedCell;
    const runner = Object.hasOwn(runners, task.runner) ? runners[task.runner as keyof typeof runners] : null;
    if (runner === null || runner.scope === "checks") unknownRunners.add(task.runner);
    else recomputed += compareGroup(dir, { ...group, files, measured }, { run, planned, runner, task });
  }
  return { recomputed, checks, unknownRunners: [...unknownRunners], directories };
}

function* groupsOf(records: readonly ResultRecord[]): Generator<Group> {
  for (let start = 0; start < records.length;) {
    const { raw } = records[start] as ResultRecord;
    let end = start + 1;
    while (raw !== null && records[end]?.raw === raw) end++;
    yield { raw, line: start + 1, records: records.slice(start, end) };
    start = end;
  }
}

interface OpenGroup extends Group {
  readonly files: RawFiles | null;
  readonly measured: readonly Repetition[];
}

interface GroupFacts {
  readonly run: RunFile;
  readonly planned: ReadonlyMap<string, PlannedCell>;
  readonly runner: Exclude<Runner, { scope: "checks" }>;
  readonly task: PlannedCell;
}

/** @returns number of values */
function compareGroup(dir: string, group: OpenGroup, { run, planned, runner, task }: GroupFacts): number {
  const where = (index: number): string => `${join(dir, RESULTS_FILE)}:${group.line + index}`;
  if (group.files === null) throw new UsageError(`${where(0)}: value without raw output, so it cannot be recomputed`);
  const nodes = group.measured.find(({ pairs }) => pairs !== undefined)?.pairs?.nodes ?? [];
  const raw = join(dir, group.raw ?? "");
  let found: Recomputed;
  try {
    found = runner.recompute(storedOutputs(group.files), paramsOf(run, task, runner), nodes);
  } catch (error) {
    throw new UsageError(`${raw}: no value of ${runner.name} in the raw output: ${messageOf(error)}`);
  }
  group.measured.forEach(({ cell, value }, index) => {
    const recomputed = found.values[planned.get(cell)?.metric as MetricName];
    if (value !== undefined && value !== recomputed)
      throw new UsageError(
        `${where(index)}: ${cell} is ${value}, but ${recomputed ?? "no value"} if recomputed from ${raw}`,
      );
  });
  group.measured.forEach((record, index) => {
    if (record.pairs !== undefined && JSON.stringify(record.pairs) !== JSON.stringify(found.pairs))
      throw new UsageError(`${where(index)}: the pairs differ from those recomputed from ${raw}`);
    const difference = changedDetail(record, found);
    if (difference !== null)
      throw new UsageError(`${where(index)}: ${record.cell}: ${difference} if recomputed from ${raw}`);
  });
  return group.measured.filter(({ value }) => value !== undefined).length;
}

/** Returns the parameters of a scenario from the stored suites, completed with the defaults of the runner. */
function paramsOf({ definition }: RunFile, { suite, scenario }: PlannedCell, runner: GroupFacts["runner"]) {
  const defaults = Object.entries(runner.params).map(([name, spec]) => [name, spec.default] as const);
  const stored = definition.suites
    .filter((each) => stringAt(each, "name") === suite)
    .flatMap((each) => listAt(each, "scenarios"))
    .find((each) => stringAt(each, "name") === scenario);
  const params = valueAt(stored, "params");
  return {
    ...Object.fromEntries(defaults),
    ...(typeof params === "object" && params !== null ? (params as Record<string, number | string>) : {}),
  };
}
