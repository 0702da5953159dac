/**
 * Error classes for problems that a user can fix. Each message is one sentence with the next step. Only `cli/` prints
 * them and chooses the exit code. Any other error is a bug in cnibench (exit code 1).
 */

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

/** Returns the last non-empty line with control characters replaced, at most 300 characters. */
export function lastLine(text: string): string {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return printable(line.trim()).slice(0, 300);
}

/**
 * Makes untrusted text safe for a terminal and for the log of a CI workflow: replaces control and escape characters,
 * and inserts a space into workflow commands: `##[error]`, or `##vso[…]` of Azure Pipelines, anywhere in a line, and
 * `::error::` at the beginning of a line or after spaces. Reports embed its source in a script, so it uses nothing else
 * of this module.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function printable(text: string): string {
  const workflowCommand = /##(?=(?:vso)?\[)|^[^\S\n\u2028\u2029]*:(?=:[a-z-]+(?: .*)?::)/gim;
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
    .replace(workflowCommand, "$& ");
}

/** Makes untrusted text safe for a part of a line: also replaces line breaks, after which it could be a command. */
export function printableLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return printable(lines.length === 1 ? text : lines.filter((line) => line !== "").join(" "));
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

/** A problem found by a check before anything is changed. */
export interface Problem {
  readonly message: string;
  /** The next step; a command to paste if possible. */
  readonly fix?: string;
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
