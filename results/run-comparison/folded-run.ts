/** A loaded run with its values by block, arranged for comparisons with other runs. */
import { foldCell, type Block, type FoldedCell } from "../blocks.ts";
import type { LoadedRun } from "../load-run.ts";
import type { LoadParams } from "../noise/noise-card.ts";
import { cellId, type Check, type PlannedCell, type RunFile } from "../record.ts";
import { RecordList } from "../record-list.ts";

export interface FoldedRun {
  readonly loaded: LoadedRun;
  readonly run: RunFile;
  /** By cell ID, in plan order. */
  readonly cells: ReadonlyMap<string, MatchableCell>;
  readonly checks: readonly Check[];
}

export interface MatchableCell {
  readonly planned: PlannedCell;
  readonly folded: FoldedCell;
  /** The scenario as stored; empty if the run does not contain it. */
  readonly scenario: StoredScenario;
}

/** The part of a stored scenario that determines its load. Absent parts are unknown. */
export interface StoredScenario {
  readonly family?: unknown;
  readonly standing?: unknown;
  readonly params?: LoadParams;
}

export function foldRun(loaded: LoadedRun): FoldedRun {
  const { run } = loaded;
  const records = RecordList.of(loaded.records);
  const scenarios = storedScenarios(run);
  const cells = run.plan.cells.map((planned): [string, MatchableCell] => {
    const folded = foldCell(planned, records.outcomesOf(planned.id), run);
    return [planned.id, { planned, folded, scenario: scenarios.get(`${planned.suite}/${planned.scenario}`) ?? {} }];
  });
  return { loaded, run, cells: new Map(cells), checks: records.checks };
}

/** Returns the cell of the same load between the nodes; undefined if it is not planned. */
export function baselineOf(
  { cells }: FoldedRun,
  { suite, scenario, cluster, metric }: PlannedCell,
): MatchableCell | undefined {
  return cells.get(cellId({ suite, scenario, plugin: "host", cluster, path: "host", metric }));
}

/** Returns the blocks of a cell; empty if it is not measured. */
export function blocksOf(cell: MatchableCell | undefined): readonly Block[] {
  return cell?.folded.state === "measured" ? cell.folded.blocks : [];
}

/** Reads the suites of the definition, whose content is not validated. */
function storedScenarios({ definition }: RunFile): ReadonlyMap<string, StoredScenario> {
  const suites = definition.suites as readonly { readonly name?: unknown; readonly scenarios?: unknown }[];
  return new Map(
    suites.flatMap(({ name: suite, scenarios }) =>
      (Array.isArray(scenarios) ? scenarios : [])
        .filter((scenario: unknown) => typeof scenario === "object" && scenario !== null)
        .map((scenario: StoredScenario & { readonly name?: unknown }): [string, StoredScenario] => {
          const { name, family, standing, params } = scenario;
          const isMap = typeof params === "object" && params !== null;
          return [`${String(suite)}/${String(name)}`, { family, standing, ...(isMap && { params }) }];
        }),
    ),
  );
}
