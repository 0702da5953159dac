/** The error of a comparison without a cell or a clause that both sides measured. */
import { EnvironmentError, printable } from "../../core/errors.ts";
import { NO_REFERENCE, type UncomparedCell } from "./run-comparison.ts";

type Uncompared = Pick<UncomparedCell, "reason" | "base" | "head">;

/** @param uncompared all cells and checks, the most important ones first; the next step fits the reason of the first */
export function nothingToCompare([first]: readonly Uncompared[]): EnvironmentError {
  const reason = first === undefined ? "the runs measured nothing" : printable(first.reason);
  return new EnvironmentError(`nothing to compare: ${reason}; ${first === undefined ? ALIKE : nextStep(first)}`);
}

const ALIKE = "run the same suites on both sides with the same options";

function nextStep({ reason, base, head }: Uncompared): string {
  if (reason === NO_REFERENCE)
    return "measure a plugin that is the same on both sides as well, and name it with --reference";
  const side = base === "failed" ? "base" : head === "failed" ? "head" : null;
  return side === null
    ? ALIKE
    : `if the ${side} was interrupted, complete it with cnibench run --resume DIR, otherwise measure it again`;
}
