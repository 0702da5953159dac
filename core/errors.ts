/**
 * Error classes for problems that a user can fix. Each message is one sentence with the next step. Only `cli/` prints
 * them and chooses the exit code. Any other error is a bug in cnibench (exit code 1).
 */
import type { Problem } from "./model.ts";
import { quoteArgv } from "./quote.ts";
import type { Output } from "./shell.ts";

/** Invalid usage or input: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** Several problems with the input, reported together: exit code 2. */
export class UsageErrors extends UsageError {
  override readonly name = "UsageErrors";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** The machine, a tool or the cluster lacks a prerequisite: exit code 3. */
export class EnvironmentError extends Error {
  override readonly name: string = "EnvironmentError";
}

/** The target of a measurement does not exist, which is not a failure. The measurement is skipped with this reason. */
export class SkipError extends Error {
  override readonly name = "SkipError";
}

/** A command failed. Carries everything needed to find the cause and to repeat the command by hand. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly output: Output;
  constructor(output: Output) {
    super(describeFailure(output));
    this.output = output;
  }
}

/** Returns one line with the command, the shell, how the command ended and the last line of its output. */
export function describeFailure(output: Output): string {
  const printed = lastLine(output.stderr) || lastLine(output.stdout);
  return `${quoteArgv(output.argv)} (on ${output.where}) ${describeEnd(output)}${printed ? `: ${printed}` : ""}`;
}

/** Describes how a command ended: `failed with exit code 1`, `was killed by SIGKILL`, ... */
export function describeEnd(output: Output): string {
  if (output.startError !== null) return `could not start: ${output.startError}`;
  switch (output.ended) {
    case "timeout":
      return `timed out and was killed after ${output.duration.toFixed(1)} s`;
    case "abort":
      return "was interrupted";
    case "output-limit":
      return "exceeded the output limit and was killed";
    case null:
      if (output.signal !== null) return `was killed by ${output.signal}`;
      return output.exitCode === 0 ? "succeeded" : `failed with exit code ${output.exitCode}`;
  }
}

/** Returns the last non-empty line with control characters replaced, at most 300 characters. */
export function lastLine(text: string): string {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return printable(line.trim()).slice(0, 300);
}

/** Makes untrusted text safe for a terminal: replaces control and escape characters. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** Returns the message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns why a file could not be read. */
export function describeReadError(error: unknown): string {
  const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
  return missing ? "not found" : `cannot be read (${messageOf(error)}); check the path`;
}

/** Returns `message; fix: fix`, `message; see URL`, or the message alone if the problem has no fix. */
export function formatProblem({ message, fix = "" }: Problem): string {
  if (fix === "") return message;
  return `${message}; ${fix.startsWith("https://") ? "see" : "fix:"} ${fix}`;
}

/** @throws EnvironmentError with one line per problem; returns if there is none. */
export function requireNoProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new EnvironmentError(problems.map(formatProblem).join("\n"));
}
