/**
 * The questions of a simulated report, and the correlations of their noise. The correlations are those of a real run
 * of suite `quick` (9 blocks of bridge, ptp and simplecni on netns nodes): of the logarithms of the block values,
 * without the means of plugins and blocks.
 */
import type { MetricName } from "../../core/metrics.ts";
import type { Path } from "../../core/model.ts";

export interface SimulatedQuestion {
  readonly scenario: string;
  readonly path: Path;
  readonly metric: MetricName;
  /** Typical value, in the unit of the metric. */
  readonly base: number;
}

/** The first ones are headlines, as many as a report has. */
export const RATIO_QUESTIONS: readonly SimulatedQuestion[] = [
  { scenario: "tcp-1", path: "cross-node", metric: "throughput", base: 2e10 },
  { scenario: "tcp-1", path: "cross-node", metric: "cpu-per-gbit", base: 0.08 },
  { scenario: "tcp-rr", path: "cross-node", metric: "transactions", base: 15_000 },
  { scenario: "pods", path: "same-node", metric: "add-time", base: 0.02 },
  { scenario: "tcp-1", path: "same-node", metric: "throughput", base: 2e10 },
  { scenario: "tcp-rr", path: "cross-node", metric: "latency-mean", base: 6e-5 },
  { scenario: "tcp-rr", path: "cross-node", metric: "latency-p99", base: 2e-4 },
  { scenario: "tcp-rr", path: "same-node", metric: "transactions", base: 17_000 },
  { scenario: "pods", path: "same-node", metric: "pod-ready-time", base: 0.04 },
  { scenario: "pods", path: "same-node", metric: "del-time", base: 0.02 },
];

/** A count that is often 0, so that differences replace ratios. Its noise is independent. */
export const COUNT_QUESTION: SimulatedQuestion = {
  scenario: "tcp-1",
  path: "cross-node",
  metric: "retransmits",
  base: 3,
};

/** By question, in the order of {@link RATIO_QUESTIONS}. */
const CORRELATIONS: readonly (readonly number[])[] = [
  [1.0, -0.83, 0.5, -0.53, 0.42, -0.5, -0.4, 0.5, -0.51, 0.33],
  [-0.83, 1.0, -0.45, 0.46, -0.29, 0.45, 0.37, -0.63, 0.47, -0.31],
  [0.5, -0.45, 1.0, -0.76, 0.61, -1.0, -0.95, 0.6, -0.75, 0.04],
  [-0.53, 0.46, -0.76, 1.0, -0.52, 0.76, 0.81, -0.34, 0.99, -0.34],
  [0.42, -0.29, 0.61, -0.52, 1.0, -0.61, -0.56, 0.41, -0.58, 0.16],
  [-0.5, 0.45, -1.0, 0.76, -0.61, 1.0, 0.95, -0.6, 0.76, -0.04],
  [-0.4, 0.37, -0.95, 0.81, -0.56, 0.95, 1.0, -0.53, 0.79, -0.13],
  [0.5, -0.63, 0.6, -0.34, 0.41, -0.6, -0.53, 1.0, -0.37, 0.29],
  [-0.51, 0.47, -0.75, 0.99, -0.58, 0.76, 0.79, -0.37, 1.0, -0.35],
  [0.33, -0.31, 0.04, -0.34, 0.16, -0.04, -0.13, 0.29, -0.35, 1.0],
];

/** Share of independent noise, without which perfectly correlated metrics have no Cholesky factor. */
const INDEPENDENT_SHARE = 0.02;

/** Lower triangular matrix that gives independent normal numbers these correlations. */
export const FACTOR: readonly (readonly number[])[] = choleskyFactor(
  CORRELATIONS.map((row, i) => row.map((value, j) => (i === j ? value : value * (1 - INDEPENDENT_SHARE)))),
);

function choleskyFactor(matrix: readonly (readonly number[])[]): number[][] {
  const factor: number[][] = [];
  matrix.forEach((row, i) => {
    const known: number[] = [];
    for (let j = 0; j <= i; j++) {
      const other = factor[j] ?? known;
      const dot = known.slice(0, j).reduce((sum, value, k) => sum + value * (other[k] as number), 0);
      const rest = (row[j] as number) - dot;
      known.push(i === j ? Math.sqrt(rest) : rest / (other[j] as number));
    }
    factor.push(known);
  });
  return factor;
}
