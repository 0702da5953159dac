/** The error rates of `run --confirm` in simulations, which are printed with its outcome. */
import type { RunComparison } from "./run-comparison.ts";

/**
 * Shares of simulated gates of unchanged plugins that confirm a regression, by the design of the confirmation. They are
 * those of docs/method.md, "The gate"; `npm run selftest:statistics -- --gate` measures them and fails if they are
 * larger.
 */
export const SIMULATED_FALSE_ALARMS: Readonly<Record<RunComparison["design"], number>> = {
  paired: 0.001,
  unpaired: 0.006,
};
