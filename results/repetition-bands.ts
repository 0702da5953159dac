/** Summarizes the series and distributions of a run over its blocks, for charts. Pure. */
import { groupBy } from "../core/group.ts";
import { foldCell, lastPerBlock, repetitionsOf, sessionOf } from "./blocks.ts";
import { distributionOf } from "./quantiles.ts";
import { RecordList } from "./record-list.ts";
import type { PlannedCell, Repetition, ResultRecord, RunFile } from "./record.ts";
import type { Distribution, Series } from "./repetition-details.ts";
import { median, medianInterval } from "./statistics.ts";

/** A quantile over the blocks. */
export interface QuantileBand {
  /** Share of the samples, 0 to 1. */
  readonly level: number;
  /** Median of the blocks. */
  readonly median: number;
  /** 95 % interval of the median; null with fewer than six blocks. */
  readonly ci95: readonly [low: number, high: number] | null;
}

/** A distribution of one scenario, plugin and path. */
export interface DistributionBands {
  /** The cell whose records contain the distribution; for single values, the cell itself. */
  readonly cell: PlannedCell;
  readonly name: string;
  readonly unit: string;
  /** Number of samples of all blocks. */
  readonly samples: number;
  readonly blocks: number;
  /** Whether a tool computed the quantiles, because it does not print samples. */
  readonly isFromTool: boolean;
  /** The levels that every block has, ascending. */
  readonly quantiles: readonly QuantileBand[];
}

/** The series of a quantity in one scenario, plugin and path. */
export interface BlockSeries {
  /** The cell whose records contain the series. */
  readonly cell: PlannedCell;
  /** In the order of measurement. */
  readonly repetitions: readonly { readonly block: number; readonly rep: number; readonly series: Series }[];
}

/** Returns the stored distributions of all measured cells, in plan order; an empty list for an older run. */
export function distributionBands(run: RunFile, records: Iterable<ResultRecord>): DistributionBands[] {
  return cellsWith("distributions", run, records).flatMap(({ cell, repetitions }) => {
    const stored = repetitions.flatMap(({ block, distributions = [] }) =>
      distributions.map((distribution) => ({ block, distribution })),
    );
    const names = new Set(stored.map(({ distribution }) => distribution.name));
    return [...names].map((name) =>
      bandsOf(
        cell,
        stored.filter(({ distribution }) => distribution.name === name),
      ),
    );
  });
}

/**
 * Returns the distribution of the values of a cell, each of which is a sample, as for the times of `lifecycle`.
 * @returns null if the cell was not measured
 */
export function valueBands(
  run: RunFile,
  cell: PlannedCell,
  repetitions: readonly Repetition[],
): DistributionBands | null {
  const folded = foldCell(cell, repetitions, run);
  if (folded.state !== "measured") return null;
  const { metric, unit } = cell;
  const blocks = lastPerBlock(folded.blocks);
  return bandsOf(
    cell,
    blocks.map((each) => ({ block: each.block, distribution: distributionOf(metric, unit, repetitionsOf(each)) })),
  );
}

/** Returns the stored series of all measured cells, in plan order; an empty list for an older run. */
export function blockSeries(run: RunFile, records: Iterable<ResultRecord>): BlockSeries[] {
  return cellsWith("series", run, records).flatMap(({ cell, repetitions }) => {
    const names = new Set(repetitions.flatMap(({ series = [] }) => series.map(({ name }) => name)));
    return [...names].map((name) => ({
      cell,
      repetitions: repetitions.flatMap(({ block, rep, series = [] }) =>
        series.filter((each) => each.name === name).map((each) => ({ block, rep, series: each })),
      ),
    }));
  });
}

interface DetailedCell {
  readonly cell: PlannedCell;
  readonly repetitions: readonly Repetition[];
}

/** Returns the cells whose records have details, with those of the blocks that count, as for their values. */
function cellsWith(
  key: "series" | "distributions",
  run: RunFile,
  records: Iterable<ResultRecord>,
): readonly DetailedCell[] {
  const list = RecordList.of(records);
  return run.plan.cells.flatMap((cell) => {
    const stored = list.repetitionsOf(cell.id);
    if (stored.every((repetition) => repetition[key] === undefined)) return [];
    const folded = foldCell(cell, stored, run);
    if (folded.state !== "measured") return [];
    const sessions = new Map(lastPerBlock(folded.blocks).map(({ block, session }) => [block, session]));
    const repetitions = stored.filter((repetition) => {
      const session = sessions.get(repetition.block);
      return session === null || session === sessionOf(repetition);
    });
    return [{ cell, repetitions: repetitions.filter((repetition) => repetition[key] !== undefined) }];
  });
}

interface BlockDistribution {
  readonly block: number;
  readonly distribution: Distribution;
}

/** @param stored at least one, all with the same name */
function bandsOf(cell: PlannedCell, stored: readonly BlockDistribution[]): DistributionBands {
  const { name, unit, names } = (stored[0] as BlockDistribution).distribution;
  const blocks = [...groupBy(stored, ({ block }) => block).values()];
  const perBlock = blocks.map((block) => quantilesOfBlock(block.map(({ distribution }) => distribution)));
  return {
    ...{ cell, name, unit },
    samples: stored.reduce((sum, { distribution }) => sum + distribution.samples, 0),
    blocks: blocks.length,
    isFromTool: names !== undefined,
    quantiles: valuesByLevel(perBlock).map(([level, values]) => ({
      level,
      median: median(values),
      ci95: medianInterval(values),
    })),
  };
}

/** Quantiles by level, ascending. */
type Quantiles = ReadonlyMap<number, number>;

/** Returns the median of the repetitions at each level. */
function quantilesOfBlock(repetitions: readonly Distribution[]): Quantiles {
  const byLevel = repetitions.map(
    ({ levels, values }) => new Map(levels.map((level, index) => [level, values[index] as number])),
  );
  return new Map(valuesByLevel(byLevel).map(([level, values]) => [level, median(values)]));
}

/** Returns the values of each level that all have. @param all at least one */
function valuesByLevel(all: readonly Quantiles[]): [level: number, values: readonly number[]][] {
  const common = [...(all[0] as Quantiles).keys()].filter((level) => all.every((quantiles) => quantiles.has(level)));
  return common.map((level) => [level, all.map((quantiles) => quantiles.get(level) as number)]);
}
