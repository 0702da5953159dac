/** Combines problems of the environment into one error. */
import { EnvironmentError, formatProblem } from "../core/errors.ts";
import type { Problem } from "../core/model.ts";

/** @throws EnvironmentError with one line per problem; returns if there is none. */
export function requireNoProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new EnvironmentError(problems.map(formatProblem).join("\n"));
}
