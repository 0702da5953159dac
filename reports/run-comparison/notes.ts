/** How far the numbers of a comparison can be trusted, which all formats state. Contains no external text. */
import type { ComparedCell, RunComparison } from "../../results/index.ts";
import { isConclusive, isSuspect, SIMULATED_FALSE_ALARMS } from "../../results/index.ts";
import { formatCount, formatPercent } from "../format.ts";
import type { ComparisonOptions } from "./comparison-format.ts";
import { verdictCounts } from "./outcome.ts";

const MEASURE_AGAIN = '"cnibench run --confirm BASE" measures suspects again';

/** Returns the notes, the most general ones first. */
export function notesOf(
  comparison: RunComparison,
  { gate, failOn }: Pick<ComparisonOptions, "gate" | "failOn"> = { failOn: [] },
): string[] {
  const { cells, threshold } = comparison;
  const count = (reason: ComparedCell["reason"]): number => cells.filter((cell) => cell.reason === reason).length;
  const [unknown, busy] = [count("between-run variation unknown"), count("busy machine")];
  const unknownNote =
    `between-run variation unknown for ${formatCount(unknown, "cell")}, which cannot fail a build by ` +
    `${unknown === 1 ? "itself" : "themselves"}; ` +
    'compare several runs per side, or run "cnibench doctor --calibrate --runs 5" before the runs';
  const isSame = count("same runs") > 0;
  return [
    `${verdictCounts(comparison)}; a change counts from ${formatPercent(threshold.ratio - 1)}`,
    // The rates do not hold if a source of variation is unknown.
    ...(unknown > 0 ? [unknownNote] : isSame ? [] : errorRates(comparison)),
    ...(gate === undefined ? suspectNotes(comparison, failOn) : [falseAlarmNote(gate.design)]),
    ...(busy > 0 ? [`${formatCount(busy, "cell")} undecided because the machine was busy; repeat the runs`] : []),
  ];
}

/** Returns which suspects fail a build, and the next step. Those of unknown variation have a note of their own. */
function suspectNotes({ cells }: RunComparison, failOn: ComparisonOptions["failOn"]): string[] {
  const suspects = cells.filter((cell) => isSuspect(cell) && cell.state !== "confirmed");
  const conclusive = suspects.filter(isConclusive).length;
  const doubtful = suspects.filter(({ reason }) => reason === "reference changed").length;
  const failing = `${formatCount(conclusive, "suspected regression")} fail${conclusive === 1 ? "s" : ""} the build`;
  const rule = failOn.includes("suspect")
    ? `${failing} because of --fail-on suspect, without a second measurement`
    : "a suspect fails a build only with --fail-on suspect";
  const changed =
    `${formatCount(doubtful, "suspected regression")} cannot fail a build, ` + "because the reference changed, too";
  return [...(conclusive > 0 ? [rule] : []), ...(doubtful > 0 ? [changed] : [])].map(
    (note) => `${note}; ${MEASURE_AGAIN}`,
  );
}

function falseAlarmNote(design: RunComparison["design"]): string {
  const rate = formatPercent(SIMULATED_FALSE_ALARMS[design]);
  return (
    "a cell that has not changed is confirmed with a probability of at most 2.5 %; without any change, a regression " +
    `was confirmed in ${rate} of simulated gates (docs/method.md, The gate)`
  );
}

function errorRates({ errorControl: { headlines, exploratory } }: RunComparison): string[] {
  const [rate, share] = [formatPercent(headlines.errorRate), formatPercent(exploratory.falseDiscoveryRate)];
  const headlineCells = formatCount(headlines.compared, "headline cell");
  const exploratoryCells = formatCount(exploratory.compared, "exploratory cell");
  return [
    ...(headlines.compared > 0 ? [`${headlineCells}: at most ${rate} chance of any false difference`] : []),
    ...(exploratory.compared > 0
      ? [`${exploratoryCells}: at most ${share} of the differences are expected to be false`]
      : []),
  ];
}
