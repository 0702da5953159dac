/**
 * Exit codes (stable, see docs/cli.md) and the report of an error. If several codes apply, the first in the order
 * 1, 2, 5, 4, 3 is returned.
 */
import { EnvironmentError, UsageError, UsageErrors, messageOf, printable } from "../core/errors.ts";
import { CommandError } from "../core/shell.ts";
import { CommanderError } from "commander";

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

/** Prints an error. @returns its exit code. */
export function reportError(error: unknown, verbose: boolean): ExitCode {
  // commander has printed its own errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  if (error instanceof Interrupted) return EXIT.interrupted;
  const known = classify(error);
  const lines = error instanceof UsageErrors ? error.problems : [messageOf(error)];
  for (const line of lines) printError(line);
  if (known !== null && !verbose) return known;
  if (error instanceof Error && error.stack !== undefined) printError(error.stack);
  if (known === null) process.stderr.write("cnibench: internal error; please report it with the lines above\n");
  return known ?? EXIT.internalError;
}

/** Prints each line with a prefix: in GitHub Actions, a line of untrusted text could be a workflow command. */
function printError(text: string): void {
  process.stderr.write(`${printable(text).replaceAll(/^/gm, "cnibench: ")}\n`);
}

function classify(error: unknown): ExitCode | null {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof EnvironmentError || error instanceof CommandError) return EXIT.notMeasured;
  return null;
}
