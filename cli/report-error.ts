/** Reports the error of a command. */
import { CommanderError } from "commander";
import { EnvironmentError, UsageError, UsageErrors, messageOf, printable } from "../core/errors.ts";
import { CommandError } from "../core/shell.ts";
import { EXIT, type ExitCode, Interrupted } from "./exit-code.ts";

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
