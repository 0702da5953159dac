/**
 * Defines the shell: the one interface to run a command on this host, on a lab node or in a pod.
 *
 * Every implementation returns the same kind of value, however a command ends. A failed command never throws: a
 * non-zero exit code, a timeout and excessive output are facts in {@link Output}. {@link run} turns them into an error
 * for callers that only need the successful case.
 */
import { lastLine } from "./errors.ts";
import { quoteArgv } from "./text.ts";

/** Output and exit status of one command. Only node agents set `leftover` and `cpu`. */
export interface Output {
  readonly argv: readonly string[];
  /** Name of the shell that ran the command, for messages. */
  readonly where: string;
  readonly stdout: string;
  readonly stderr: string;
  /** null if a signal killed the command or it never started. */
  readonly exitCode: number | null;
  /** Name of the signal that killed the command (`SIGKILL`), or null. */
  readonly signal: string | null;
  /** Wall-clock seconds from start to exit. */
  readonly duration: number;
  /** Set if cnibench killed the command: timeout, the caller's AbortSignal, or output limit. */
  readonly ended: "timeout" | "abort" | "output-limit" | null;
  /** System error if the command could not start (not found, not executable), else null. */
  readonly startError: string | null;
  /**
   * Reported by node agents if other processes remain after the command: `pipe` if one keeps its output open, `process`
   * if one is in its process group, which must be watched.
   */
  readonly leftover?: "pipe" | "process";
  /**
   * Reported by node agents: CPU seconds of the command and of the processes that it waited for, in steps of 10 ms.
   * Sums over many commands are exact.
   */
  readonly cpu?: number;
}

/** What a command enters before it starts. */
interface Entry {
  /** Files of namespaces, such as `/proc/7/ns/net`; each is opened in the mount namespace that is entered so far. */
  readonly namespaces: readonly string[];
  /** Limit of its writable memory. Default: none. */
  readonly maxMemoryBytes?: number;
  /** Whether to report processes that remain in the process group of the command. Default: false. */
  readonly watchesGroup?: boolean;
  /**
   * Whether the command is `perl -e PROGRAM ARGUMENT...`, which the agent can run without starting perl unless the
   * command is wrapped. Default: false.
   */
  readonly interpret?: boolean;
}

export interface ExecOptions {
  /** Complete standard input, text or bytes; stdin is closed after it. Default: empty. */
  readonly stdin?: string | Uint8Array;
  /** Changes to the environment of the shell; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Seconds until the process group is killed. Default 60. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Maximum bytes of stdout and of stderr, each; exceeding it kills the process group. Default 16 MiB. */
  readonly maxBytes?: number;
  /**
   * Whether to wait up to 2 s for a background process that still holds the output of the exited command, even if it
   * prints nothing for 0.25 s. Default: false.
   */
  readonly awaitsOutput?: boolean;
  /** The command changes nothing, so a list of steps to repeat omits it. Default: false. */
  readonly observes?: boolean;
  /** Receives standard output while the command runs, in addition to {@link Output.stdout}. */
  readonly onStdout?: (chunk: Uint8Array) => void;
  /** Only node agents support it: without a process for each `nsenter`. Default: none. */
  readonly enter?: Entry;
}

/** A started command, such as a server or a sampler that runs in the background. */
export interface Process {
  /** Resolves when the command has ended, for any reason. Never rejects. */
  readonly done: Promise<Output>;
  /** Closes standard input (options.stdin has been written before). */
  closeStdin(): void;
  /** Sends a signal to the process group. Default SIGTERM. */
  kill(signal?: "SIGTERM" | "SIGKILL" | "SIGINT"): void;
}

export interface Shell {
  readonly name: string;
  /** Runs argv until it exits. argv[0] is searched in the PATH of the shell; sh never parses the arguments. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<Output>;
  /** Starts argv, without a default timeout. stdin stays open until closeStdin() unless options.stdin is given. */
  start(argv: readonly string[], options?: ExecOptions): Process;
}

export const DEFAULT_TIMEOUT_S = 60;
export const DEFAULT_MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Reports whether the command exited with code 0. */
export function succeeded(output: Output): boolean {
  return output.exitCode === 0 && output.ended === null && output.startError === null;
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

/** Runs argv and returns its stdout. @throws CommandError unless it exits with code 0. */
export async function run(shell: Shell, argv: readonly string[], options?: ExecOptions): Promise<string> {
  const output = await shell.exec(argv, options);
  if (!succeeded(output)) throw new CommandError(output);
  return output.stdout;
}

/** Returns one line with the command, the shell, how the command ended and the last line of its output. */
export function describeFailure(output: Output): string {
  const printed = lastLine(output.stderr) || lastLine(output.stdout);
  return `${quoteArgv(output.argv)} (on ${output.where}) ${describeEnd(output)}${printed ? `: ${printed}` : ""}`;
}

/** Describes how a command ended: `failed with exit code 1`, `was killed by SIGKILL`, ... */
export function describeEnd(output: Pick<Output, "startError" | "ended" | "signal" | "exitCode" | "duration">): string {
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

/** Derives a shell from another by prefixing every command (`nsenter --net=...`). */
export function wrapShell(parent: Shell, name: string, prefix: readonly string[]): Shell {
  const wrapped = (argv: readonly string[]): readonly string[] => [...prefix, ...argv];
  const unwrapped = (output: Output): Output => ({ ...output, argv: output.argv.slice(prefix.length), where: name });
  return {
    name,
    exec: async (argv, options) => unwrapped(await parent.exec(wrapped(argv), options)),
    start: (argv: readonly string[], options?: ExecOptions): Process => {
      const process = parent.start(wrapped(argv), options);
      return { ...process, done: process.done.then(unwrapped) };
    },
  };
}

/** Derives a shell whose commands enter namespaces, after those of the parent. Its commands run on a node agent. */
export function enterShell(parent: Shell, name: string, { namespaces, ...limits }: Entry): Shell {
  const entering = (options: ExecOptions = {}): ExecOptions => ({
    ...options,
    enter: { ...limits, ...options.enter, namespaces: [...namespaces, ...(options.enter?.namespaces ?? [])] },
  });
  const renamed = (output: Output): Output => ({ ...output, where: name });
  return {
    name,
    exec: async (argv, options) => renamed(await parent.exec(argv, entering(options))),
    start: (argv, options) => {
      const process = parent.start(argv, entering(options));
      return { ...process, done: process.done.then(renamed) };
    },
  };
}
