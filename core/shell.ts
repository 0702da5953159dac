/**
 * A node is a shell: the one way to run a command, wherever it runs.
 *
 * Every implementation (this host, a lab node, a pod) gives the same result value for every end that a command can
 * have. Nothing here throws because a command failed: a non-zero exit, a time-out and too much output are facts that the
 * caller reads from {@link Output}; {@link run} turns them into an error for callers that only want the good case.
 */
import { CommandError } from "./errors.ts";

/** How one command ended. Its shape does not depend on how it ended. */
export interface Output {
  readonly argv: readonly string[];
  /** Name of the shell that ran it, for messages. */
  readonly where: string;
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended it or it never started. */
  readonly exitCode: number | null;
  /** Name of the ending signal (`SIGKILL`), or null. */
  readonly signal: string | null;
  /** Wall-clock seconds from start to exit. */
  readonly duration: number;
  /** Set when cnibench ended it: the time limit, the caller's AbortSignal, or the output limit. */
  readonly ended: "timeout" | "abort" | "output-limit" | null;
  /** Set when it could not be started at all (no such program, not executable): the system's words. */
  readonly startError: string | null;
}

export interface ExecOptions {
  /** Whole standard input, text or bytes; it is closed after it. Default: empty. */
  readonly stdin?: string | Uint8Array;
  /** Changes to the shell's own environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Seconds until the whole process group is ended. Default 60. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Bytes kept of stdout and of stderr, each; more ends the process group. Default 16 MiB. */
  readonly maxBytes?: number;
}

/** A started command: a server, a sampler, anything that runs beside something else. */
export interface Process {
  /** Resolves when it has ended, for whatever reason. Never rejects. */
  readonly done: Promise<Output>;
  /** Closes its standard input (options.stdin was written before). */
  closeStdin(): void;
  /** Signals the whole process group. Default SIGTERM. */
  kill(signal?: "SIGTERM" | "SIGKILL" | "SIGINT"): void;
}

export interface Shell {
  readonly name: string;
  /** Runs argv to its end. argv[0] is searched in the shell's PATH; nothing is ever parsed by sh. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<Output>;
  /** Starts argv; stdin stays open until {@link Process.closeStdin} unless options.stdin is given. No default time limit. */
  start(argv: readonly string[], options?: ExecOptions): Process;
}

export const DEFAULT_TIMEOUT_S = 60;
export const DEFAULT_MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export function succeeded(output: Output): boolean {
  return output.exitCode === 0 && output.ended === null && output.startError === null;
}

/** Runs argv and returns its stdout. @throws CommandError unless it ended with exit code 0. */
export async function run(shell: Shell, argv: readonly string[], options?: ExecOptions): Promise<string> {
  const output = await shell.exec(argv, options);
  if (!succeeded(output)) throw new CommandError(output);
  return output.stdout;
}
