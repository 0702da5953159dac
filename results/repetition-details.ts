/** Series and distributions of a repetition (docs/data-format.md). */

/** How a quantity changed during a load: one value per interval. */
export interface Series {
  /** Name of the quantity, that of its metric: `throughput`. */
  readonly name: string;
  /** SI unit of the values. */
  readonly unit: string;
  /** Start of the first interval, in seconds after the start of the measured part; negative: the warm-up before it. */
  readonly start: number;
  /** Length of an interval, in seconds. */
  readonly interval: number;
  /** At most {@link MAX_SERIES_VALUES}. null: unknown. */
  readonly values: readonly (number | null)[];
}

/** Quantiles of the samples of a repetition. */
export interface Distribution {
  /** Name of the quantity: `latency`, `add-time`. */
  readonly name: string;
  /** SI unit of the values. */
  readonly unit: string;
  /** Number of samples. */
  readonly samples: number;
  /** Shares of the samples, 0 to 1, ascending. At most 100. 0 is the minimum, 1 the maximum. */
  readonly levels: readonly number[];
  /** The quantile of each level, ascending. */
  readonly values: readonly number[];
  /** The names of the quantiles, if a tool computed them; absent: computed from single samples. */
  readonly names?: readonly string[];
}

/** The optional part of a repetition. */
export interface RepetitionDetails {
  /** At least one. */
  readonly series?: readonly Series[];
  /** At least one. */
  readonly distributions?: readonly Distribution[];
}

/** Maximum number of values of a series. */
export const MAX_SERIES_VALUES = 600;
/** Significant digits of the stored values. */
const DIGITS = 6;

/** Rounds a value to the precision of series and distributions. */
export function roundDetail(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** Returns position and problem that the schema does not detect, or null. @param details valid by the schema */
export function detailsProblem({ distributions = [] }: RepetitionDetails): string | null {
  for (const [index, distribution] of distributions.entries()) {
    const problem = distributionProblem(distribution);
    if (problem !== null) return `/distributions/${index} ${problem}`;
  }
  return null;
}

function distributionProblem({ levels, values, names }: Distribution): string | null {
  if (values.length !== levels.length) return `must have as many values as levels (${levels.length})`;
  if (names !== undefined && names.length !== levels.length) return `must have as many names as levels`;
  if (!isAscending(levels, (before, level) => before < level)) return "must have ascending levels";
  return isAscending(values, (before, value) => before <= value) ? null : "must have ascending values";
}

function isAscending(values: readonly number[], inOrder: (before: number, value: number) => boolean): boolean {
  return values.every((value, index) => index === 0 || inOrder(values[index - 1] as number, value));
}
