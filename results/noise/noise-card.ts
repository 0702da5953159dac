/**
 * The noise card of a machine: how much the values of one plugin vary in an A/A run, which measures the same binary
 * under two names. Stored by `cnibench doctor --calibrate`, and in the run.json of later runs (docs/data-format.md).
 */
import type { Path } from "../../core/model.ts";

export const NOISE_CARD_VERSION = 1;

export interface NoiseCard {
  readonly schemaVersion: typeof NOISE_CARD_VERSION;
  /** ISO 8601, UTC, milliseconds. */
  readonly measuredAt: string;
  readonly machine: NoiseMachine;
  /** Name of the plugin that was measured against itself. */
  readonly plugin: string;
  /** Cluster kind. */
  readonly cluster: string;
  /** Seconds of load per repetition. */
  readonly duration: number;
  /** Number of A/A runs. */
  readonly runs: number;
  /** Blocks of each run. */
  readonly blocks: number;
  /** Duration of a block: two plugins and the baseline, with the loads of this card. */
  readonly secondsPerBlock: number;
  readonly metrics: readonly NoiseMetric[];
}

/** The machine that a card is valid for, as far as it determines noise. */
export interface NoiseMachine {
  readonly kernel: string;
  readonly cpuModel: string;
  readonly cpus: number;
  readonly arch: string;
  /** Version of cnibench. */
  readonly cnibench: string;
}

/** Parameters of a runner. */
export type LoadParams = Readonly<Record<string, number | string>>;

/** The noise of one metric. Variations are standard deviations of logarithms: 0.05 is about 5 %. */
export interface NoiseMetric {
  readonly scenario: string;
  readonly runner: string;
  readonly params: LoadParams;
  readonly path: Path;
  readonly metric: string;
  readonly unit: string;
  /** Per block. */
  readonly repetitions: number;
  /** Number of deployments in all runs. */
  readonly deployments: number;
  /** Median of the values of all deployments, in the unit. */
  readonly median: number;
  /** Between deployments, without the share that repetitions cause. */
  readonly between: number;
  /** Between the repetitions of a deployment; null: a single repetition. */
  readonly within: number | null;
  /** Of the ratio of two deployments of a block, which determines the differences that a run can show. */
  readonly paired: number;
  /** Second half of a run divided by its first half; of several runs the one furthest from 1. */
  readonly drift: number;
  /** Whether the two halves of a run are disjoint and differ by at least 5 %. */
  readonly drifts: boolean;
  /** Hartigan's dip test: 2 is at least two modes; null: fewer than 20 values. */
  readonly modes: { readonly count: 1 | 2; readonly p: number } | null;
  /** Between the medians of runs; null: a single run. */
  readonly betweenRuns: number | null;
  /** Variation of ratios between runs, by which runs are compared; null: a single run. Absent in older cards. */
  readonly ratios?: RatioNoise | null;
  /** Other processes kept the machine busy in at least half of the repetitions of a run. */
  readonly busy: boolean;
}

/** How much a ratio varies from run to run. Standard deviations of logarithms. */
export interface RatioNoise {
  /** Ratios to the baseline or, if the metric has none, to the other plugin of the card. */
  readonly reference: "baseline" | "plugin";
  /** Of the typical ratios of runs. */
  readonly betweenRuns: number;
  /** The share of `betweenRuns` that the blocks of a run cause. */
  readonly withinRuns: number;
}
