/** The limits of false verdicts in a comparison. */
import { FALSE_DISCOVERY_RATE, HEADLINE_ERROR_RATE } from "../comparisons.ts";
import type { ComparedCell, ComparisonErrorControl } from "./run-comparison.ts";

export function errorControlOf(cells: readonly ComparedCell[]): ComparisonErrorControl {
  const exploratory = cells.filter(({ family }) => family === "exploratory");
  const different = exploratory.filter(({ verdict }) => verdict === "better" || verdict === "worse");
  return {
    headlines: { compared: cells.length - exploratory.length, errorRate: HEADLINE_ERROR_RATE },
    exploratory: {
      compared: exploratory.length,
      different: different.length,
      falseDiscoveryRate: FALSE_DISCOVERY_RATE,
    },
  };
}
