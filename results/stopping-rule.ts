/** The stored form of rules that end adaptive suites, and of their decisions. */

/** Ends a suite after the first block from `min` on whose figure is at most `until`, and after block `max` at last. */
export interface StoppingRule {
  readonly min: number;
  readonly max: number;
  /** Half width of the 95 % interval of a ratio of two plugins: 0.05 is 5 %. */
  readonly until: number;
}

/** The decision of a stopping rule after a block. */
export interface StoppingDecision {
  readonly suite: string;
  readonly block: number;
  /** ID of the headline with the widest interval; null: no headline has one. */
  readonly question: string | null;
  /** Expected half width of the 95 % interval of a ratio of two plugins. */
  readonly halfWidth: number | null;
  readonly stop: boolean;
}
