/** A suite: what is measured, as data. Read from `suites/*.yaml` or a user's own file (docs/suites.md). */
import type { Family } from "../core/family.ts";
import type { Path, BackgroundObjects } from "../core/model.ts";

export interface Scenario {
  readonly name: string;
  readonly runner: string;
  /** Without `host`: the baseline is added to every comparison by the planner. */
  readonly paths: readonly Path[];
  /** Addresses that the pods of its deployments have. */
  readonly family: Family;
  /** Prefix length of the range that each node's pods get their IPv4 addresses from. */
  readonly podRange: number;
  /** Repetitions inside a block, at least 1. */
  readonly repetitions: number;
  /** What stands on the cluster meanwhile; left out: nothing. */
  readonly standing?: BackgroundObjects;
  /** Complete: defaults are filled in. */
  readonly params: Readonly<Record<string, number | string>>;
}

export interface Suite {
  readonly name: string;
  readonly description: string;
  /** Deployments of each plugin. */
  readonly blocks: number;
  /** Seconds of load per repetition. */
  readonly duration: number;
  readonly scenarios: readonly Scenario[];
}
