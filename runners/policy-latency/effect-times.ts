/** From the moments of answers to the moments in which policies took effect. Pure. */
import { EnvironmentError } from "../../core/errors.ts";

/** When a policy was asked for, when its deletion was, and when everything was seen to be open again: seconds since the epoch. */
export interface PolicyChange {
  readonly created: number;
  readonly removed: number;
  readonly ended: number;
}

/** @param offset by how much the clock of the lines is ahead, seconds. @returns moments of answers */
export function parseStamps(text: string, offset: number): readonly number[] {
  return [...text.matchAll(/^\d+\.\d+$/gm)].map(([stamp]) => Number(stamp) - offset);
}

/**
 * Seconds until the last answer after each policy was asked for, and until the first one after its deletion was.
 * @throws EnvironmentError when there are no answers where there must be: then there is no measurement.
 */
export function effectTimes(
  changes: readonly PolicyChange[],
  answers: readonly number[],
): { readonly closing: readonly number[]; readonly opening: readonly number[] } {
  const between = (from: number, to: number): readonly number[] => answers.filter((at) => at >= from && at < to);
  const noAnswers = (): never => {
    throw new EnvironmentError(
      "the client noted no answers while the server was open; is the load image one with perl and bash?",
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
