/**
 * The expected precision of a question, from values without their plugins. An adaptive run stops by it, and because
 * exchanging the plugins inside a block does not change it, permuting labels remains an exact test after the stop.
 */
import { probit } from "simple-statistics";

const CONFIDENCE = 0.95;

/** An estimate of the variance of one value, on the log scale. */
interface Variance {
  readonly value: number;
  readonly degreesOfFreedom: number;
}

/**
 * Returns the expected half width of the 95 % interval of a ratio of two plugins, such as 0.05, from the smaller one of
 * two estimates of the noise: the variance within blocks, which also contains the differences between plugins, and the
 * variance of the block means, which also contains changes of the machine. Neither is too small on average.
 * @param rows the logarithms of a block's values in any order; the blocks in the order of time
 * @returns null for fewer than two blocks with all plugins
 */
export function ratioHalfWidth(rows: readonly (readonly number[])[]): number | null {
  // Sorted, so that rounding does not depend on the order of the plugins either.
  const sorted = rows.map((row) => row.toSorted((a, b) => a - b));
  const plugins = Math.max(0, ...sorted.map(({ length }) => length));
  const complete = sorted.filter(({ length }) => length === plugins);
  const n = complete.length;
  if (n < 2) return null;
  const widths = [varianceWithin(sorted), varianceOfMeans(complete, plugins)].map(({ value, degreesOfFreedom }) =>
    degreesOfFreedom > 0 ? Math.expm1(approximateQuantile95(degreesOfFreedom) * Math.sqrt((2 * value) / n)) : Infinity,
  );
  return Math.min(...widths);
}

function varianceWithin(rows: readonly (readonly number[])[]): Variance {
  const degreesOfFreedom = sum(rows.map(({ length }) => length - 1));
  const squares = rows.flatMap((row) => row.map((value) => (value - mean(row)) ** 2));
  return { value: sum(squares) / degreesOfFreedom, degreesOfFreedom };
}

/**
 * Successive differences cancel slow changes of the machine. Their mean square has fewer degrees of freedom than the
 * variance (von Neumann, Annals of Mathematical Statistics 12, 1941).
 */
function varianceOfMeans(rows: readonly (readonly number[])[], plugins: number): Variance {
  const n = rows.length;
  const means = rows.map(mean);
  const squares = means.slice(1).map((value, i) => (value - (means[i] as number)) ** 2);
  return {
    value: (plugins * sum(squares)) / (2 * (n - 1)),
    degreesOfFreedom: (2 * (n - 1) ** 2) / (3 * n - 4),
  };
}

/**
 * Returns Student's quantile of a two-sided interval of 95 % (Abramowitz and Stegun, 26.7.5: within 3 % from 2 degrees
 * on). The exact one of student.ts would change stopping decisions, which stored runs contain and `verify` recomputes.
 */
function approximateQuantile95(degreesOfFreedom: number): number {
  const z = probit((1 + CONFIDENCE) / 2);
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return z + sum(terms.map((term, i) => term / degreesOfFreedom ** (i + 1)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
