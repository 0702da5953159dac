/** A suite: the scenarios to measure, as data. Read from `suites/*.yaml` or a file of the user (docs/suites.md). */
import type { BlockCount } from "./block-count.ts";
import type { Equivalence } from "./equivalence.ts";
import type { Family } from "../core/model.ts";
import type { Path, BackgroundObjects } from "../core/model.ts";

export interface Scenario {
  readonly name: string;
  readonly runner: string;
  /** Without `host`: the planner adds the baseline to every comparison. */
  readonly paths: readonly Path[];
  /** Address family of the pods. */
  readonly family: Family;
  /** Prefix length of the IPv4 range for the pods of each node. */
  readonly podRange: number;
  /** Repetitions per block, at least 1. */
  readonly repetitions: number;
  /** Kubernetes objects that exist during the measurement. Default: none. */
  readonly standing?: BackgroundObjects;
  /** Complete, with defaults filled in. */
  readonly params: Readonly<Record<string, number | string>>;
}

export interface Suite {
  readonly name: string;
  readonly description: string;
  /** Deployments of each plugin. */
  readonly blocks: BlockCount;
  /** Seconds of load per repetition. */
  readonly duration: number;
  /** Headline questions, as `scenario/path/metric`. */
  readonly headlines: readonly string[];
  /** Equivalence bands of metrics. Default: 5 %. */
  readonly equivalence: Equivalence;
  readonly scenarios: readonly Scenario[];
}
