/** Derives when policies took effect from the times of the answers. Pure. */
import { EnvironmentError } from "../../core/errors.ts";
import { parseStamps } from "../../core/probe/probe.ts";

/** Times of one policy, in seconds since the epoch. */
export interface PolicyChange {
  /** Creation request. */
  readonly created: number;
  /** Deletion request. */
  readonly removed: number;
  /** The server was verified to be reachable again. */
  readonly ended: number;
}

/** Returns the times of the answers. @param offset seconds by which the clock of the timestamps is ahead */
export function answerTimes(text: string, offset: number): readonly number[] {
  return parseStamps(text).map(({ at }) => at - offset);
}

/**
 * Returns, in seconds, the time from each creation request to the last answer, and from each deletion request to the
 * first answer.
 * @throws EnvironmentError if answers are missing while the server must be reachable, so nothing was measured
 */
export function effectTimes(
  changes: readonly PolicyChange[],
  answers: readonly number[],
): { readonly closing: readonly number[]; readonly opening: readonly number[] } {
  const between = (from: number, to: number): readonly number[] => answers.filter((at) => at >= from && at < to);
  const noAnswers = (): never => {
    throw new EnvironmentError(
      "the client received no answers before the policy or after it; does the load image contain perl and bash?",
    );
  };
  return {
    closing: changes.map(({ created, removed }, i) => {
      if (between(changes[i - 1]?.removed ?? -Infinity, created).length === 0) noAnswers();
      return (between(created, removed).at(-1) ?? created) - created;
    }),
    opening: changes.map(({ removed, ended }) => (between(removed, ended)[0] ?? noAnswers()) - removed),
  };
}
