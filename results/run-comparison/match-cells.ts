/** Matches the cells of several runs: the same load of the same plugin, or of a plugin that was renamed. */
import { UsageError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text.ts";
import { cellId, type PlannedCell, type RunFile } from "../record.ts";
import type { FoldedRun, MatchableCell } from "./folded-run.ts";
import { differentMeasurement } from "./measurement-facts.ts";
import type { CellState } from "./cell-state.ts";
import type { ComparedKey, UncomparedCell } from "./run-comparison.ts";

/** A cell that all runs of both sides measured with the same load. */
export interface MatchedCell {
  readonly key: ComparedKey;
  /** One for each run of the side. */
  readonly base: readonly MatchableCell[];
  readonly head: readonly MatchableCell[];
}

export interface Matches {
  readonly matched: readonly MatchedCell[];
  readonly uncompared: readonly UncomparedCell[];
}

/** Both sides of a comparison: at least one run each. */
export interface FoldedSides {
  readonly base: readonly FoldedRun[];
  readonly head: readonly FoldedRun[];
  /** Name of a plugin in the base runs to that in the head runs, if they differ. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** @throws UsageError if a renamed plugin does not exist, or if the sides have no plugin in common */
export function requireCommonPlugins({ base, head, renamed }: FoldedSides): void {
  const [baseNames, headNames] = [base, head].map(pluginsOf) as [string[], string[]];
  for (const [old, current] of renamed) {
    const partners = baseNames.filter((name) => (renamed.get(name) ?? name) === current);
    if (partners.length > 1)
      throw new UsageError(`--map: the base plugins ${partners.join(" and ")} would both be compared with ${current}`);
    requirePlugin(old, baseNames, `--map ${old}=${current}: the base runs have no plugin ${old}`);
    requirePlugin(current, headNames, `--map ${old}=${current}: the head runs have no plugin ${current}`);
  }
  if (baseNames.some((name) => headNames.includes(renamed.get(name) ?? name))) return;
  throw new UsageError(
    `no plugin in common: base has ${baseNames.join(", ")}, head has ${headNames.join(", ")}; ` +
      "if a plugin was renamed, pass --map OLD=NEW",
  );
}

function requirePlugin(name: string, known: readonly string[], problem: string): void {
  if (!known.includes(name)) throw new UsageError(`${problem}${didYouMean(name, known)}`);
}

/** Returns the names of the plugins that any of the runs planned. */
export function pluginsOf(runs: readonly FoldedRun[]): string[] {
  return [...new Set(runs.flatMap(({ run }) => run.plan.plugins))];
}

/** Returns the ranked cells in plan order: first those of the base runs, then those that only head runs have. */
export function matchCells({ base, head, renamed }: FoldedSides): Matches {
  const originals = new Map([...renamed].map(([old, current]) => [current, old]));
  const keys = new Map<string, PlannedCell>();
  for (const { run } of base) for (const cell of run.plan.cells.filter(isRanked)) keys.set(cell.id, cell);
  for (const { run } of head) {
    for (const cell of run.plan.cells.filter(isRanked)) {
      const planned = { ...cell, plugin: originals.get(cell.plugin) ?? cell.plugin };
      const id = cellId(planned);
      if (!keys.has(id)) keys.set(id, planned);
    }
  }
  const matched: MatchedCell[] = [];
  const uncompared: UncomparedCell[] = [];
  for (const planned of keys.values()) {
    const match = matchCell(planned, renamed.get(planned.plugin) ?? planned.plugin, { base, head });
    if ("reason" in match) uncompared.push(match);
    else matched.push(match);
  }
  return { matched, uncompared };
}

/** The baseline is not compared, and metrics without a better direction cannot be. */
function isRanked({ path, better }: PlannedCell): boolean {
  return path !== "host" && better !== "none";
}

function matchCell(
  planned: PlannedCell,
  headPlugin: string,
  sides: Pick<FoldedSides, "base" | "head">,
): MatchedCell | UncomparedCell {
  const { suite, scenario, path, metric, plugin } = planned;
  const id = cellId({ ...planned, plugin: headPlugin });
  const key: ComparedKey = { id, suite, scenario, path, metric, plugin: { base: plugin, head: headPlugin } };
  const [base, head] = [
    sides.base.map(({ cells }) => cells.get(cellId(planned))),
    sides.head.map(({ cells }) => cells.get(id)),
  ];
  const states = { base: stateOf(base), head: stateOf(head) };
  const reason = whyNotMeasured("base", base) ?? whyNotMeasured("head", head);
  if (reason !== null) return { cell: key, ...states, reason };
  const found = { base: base as MatchableCell[], head: head as MatchableCell[] };
  const runs = [...sides.base, ...sides.head].map(({ run }) => run);
  const loads = [...found.base, ...found.head].map((cell, i) => loadOf(cell, runs[i] as RunFile));
  const different = differentLoad(loads) ?? differentMeasurement(planned, runs);
  return different === null ? { key, ...found } : { cell: key, ...states, reason: different };
}

/** Returns the worst state of the cells of one side. */
function stateOf(cells: readonly (MatchableCell | undefined)[]): CellState {
  const states = cells.map((cell) => cell?.folded.state ?? "missing");
  return (["failed", "missing", "skipped"] as const).find((state) => states.includes(state)) ?? "measured";
}

function whyNotMeasured(side: "base" | "head", cells: readonly (MatchableCell | undefined)[]): string | null {
  const other = side === "base" ? "head" : "base";
  for (const cell of cells) {
    if (cell === undefined) return `only in ${other}`;
    if (cell.folded.state === "failed") return `failed in ${side}: ${cell.folded.error}`;
    if (cell.folded.state === "skipped") return `skipped in ${side}: ${cell.folded.reason}`;
  }
  return null;
}

type Load = ReadonlyMap<string, string>;

/** Returns how the loads of the runs differ, or null. Runs of older versions do not state all parameters. */
function differentLoad(loads: readonly Load[]): string | null {
  const names = new Set(loads.flatMap((load) => [...load.keys()]));
  for (const name of names) {
    const values = [...new Set(loads.flatMap((load) => load.get(name) ?? []))];
    if (values.length > 1) return `the loads differ: ${name} is ${values.join(" and ")}`;
  }
  return null;
}

function loadOf({ planned, scenario }: MatchableCell, { environment }: RunFile): Load {
  const { runner, unit, duration } = planned;
  const { family, standing, params = {} } = scenario;
  // The cluster may need a longer warm-up than the suite sets.
  const minWarmUp = environment?.cluster.minWarmUp ?? 0;
  const warmUp = typeof params.omit === "number" ? { omit: Math.max(params.omit, minWarmUp) } : {};
  const facts = Object.entries({ runner, unit, duration, family, standing, ...params, ...warmUp });
  return new Map(
    facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(JSON.stringify(value))]])),
  );
}
