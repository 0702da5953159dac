/**
 * The errors a user can meet. Each message is one sentence with the next step; only `cli/` prints them and chooses the
 * exit code. An error that is none of these is a fault of cnibench itself (exit code 1).
 */
import type { Problem } from "./model.ts";
import { quoteArgv } from "./quote.ts";
import type { Output } from "./shell.ts";

/** Wrong usage or bad input: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** Several things wrong with the input, all reported at once: exit code 2. */
export class UsageErrors extends UsageError {
  override readonly name = "UsageErrors";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** The machine, a tool or the cluster lacks something: exit code 3. */
export class EnvironmentError extends Error {
  override readonly name: string = "EnvironmentError";
}

/** What a measurement is about is not there, and nothing is wrong: it is skipped with this reason. */
export class SkipError extends Error {
  override readonly name = "NotThereError";
}

/** A command did not end well. Carries everything needed to see why and to run it again by hand. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly output: Output;
  constructor(output: Output) {
    super(describeFailure(output));
    this.output = output;
  }
}

/** One line: what ran, where, how it ended, and the last line that it said. */
export function describeFailure(output: Output): string {
  const printed = lastLine(output.stderr) || lastLine(output.stdout);
  return `${quoteArgv(output.argv)} (on ${output.where}) ${describeEnd(output)}${printed ? `: ${printed}` : ""}`;
}

/** `failed with exit code 1`, `was ended by SIGKILL` ... */
export function describeEnd(output: Output): string {
  if (output.startError !== null) return `could not be started: ${output.startError}`;
  switch (output.ended) {
    case "timeout":
      return `did not end within its time limit and was ended after ${output.duration.toFixed(1)} s`;
    case "abort":
      return "was interrupted";
    case "output-limit":
      return "wrote more than the output limit and was ended";
    case null:
      if (output.signal !== null) return `was ended by ${output.signal}`;
      return output.exitCode === 0 ? "ended well" : `failed with exit code ${output.exitCode}`;
  }
}

/** The last non-empty line, control characters replaced, at most 300 characters. */
export function lastLine(text: string): string {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return printable(line.trim()).slice(0, 300);
}

/** Foreign text made safe for a terminal: no control or escape characters. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns `message; fix: fix`, or the message alone if the problem has no fix. */
export function formatProblem({ message, fix = "" }: Problem): string {
  return fix === "" ? message : `${message}; fix: ${fix}`;
}
