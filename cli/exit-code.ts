/** Exit codes (stable, see docs/cli.md). If several codes apply, the first in the order 1, 2, 5, 4, 3 is returned. */

export const EXIT = {
  success: 0,
  internalError: 1,
  usage: 2,
  notMeasured: 3,
  conformance: 4,
  /** A performance regression that --fail-on names. */
  regression: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const ORDER: readonly ExitCode[] = [
  EXIT.internalError,
  EXIT.usage,
  EXIT.regression,
  EXIT.conformance,
  EXIT.notMeasured,
];

/** Returns the code of a command with several results. */
export function firstOf(...codes: readonly ExitCode[]): ExitCode {
  return ORDER.find((code) => codes.includes(code)) ?? EXIT.success;
}

/** The command was ended by SIGINT or SIGTERM; its results so far are stored. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
