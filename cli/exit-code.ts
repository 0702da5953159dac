/** Exit codes (stable; docs/cli.md). If several hold, the first in the order 1, 2, 5, 4, 3. */
import { CommandError, EnvironmentError, UsageError, UsageErrors, messageOf, printable } from "../core/errors.ts";
import { CommanderError } from "commander";

export const EXIT = {
  success: 0,
  internalError: 1,
  usage: 2,
  notMeasured: 3,
  conformance: 4,
  regression: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ended by SIGINT or SIGTERM, after what was measured had been stored. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Tells the user what went wrong, and which code that is. */
export function reportError(error: unknown, verbose: boolean): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage; // commander has told it
  if (error instanceof Interrupted) return EXIT.interrupted;
  const known = classify(error);
  const lines = error instanceof UsageErrors ? error.problems : [messageOf(error)];
  for (const line of lines) process.stderr.write(`cnibench: ${printable(line)}\n`);
  if (known !== null && !verbose) return known;
  if (error instanceof Error && error.stack !== undefined) process.stderr.write(`${printable(error.stack)}\n`);
  if (known === null)
    process.stderr.write("cnibench: this is a fault of cnibench; please report it with the lines above\n");
  return known ?? EXIT.internalError;
}

function classify(error: unknown): ExitCode | null {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof EnvironmentError || error instanceof CommandError) return EXIT.notMeasured;
  return null;
}
