/**
 * Runs commands on the machine that runs cnibench. The only file that imports execa.
 *
 * Each command leads its own process group, so killing it also kills everything it started. A background process that
 * keeps the output pipes open cannot block the caller (execa alone would wait until the pipes are closed).
 */
import { setMaxListeners } from "node:events";
import { constants, homedir, hostname, tmpdir, userInfo } from "node:os";
import { execa } from "execa";
import type { AgentTransport } from "./agent/agent.ts";
import { Capture } from "./capture.ts";
import { systemClock } from "./clock.ts";
import type { EnvironmentVariables, Host } from "./host.ts";
import {
  DEFAULT_MAX_OUTPUT_BYTES,
  DEFAULT_TIMEOUT_S,
  describeEnd,
  type ExecOptions,
  type Output,
  type Process,
  type Shell,
} from "./shell.ts";
import { trySocketLock } from "./socket-lock.ts";
import { waitOrElse } from "./wait.ts";

/** Seconds to keep reading output after the exit if another process holds the pipes open. */
const DRAIN_S = 0.25;
/** The same if {@link ExecOptions.awaitsOutput}. */
const LONG_DRAIN_S = 2;
const SHELL_NAME = "this host";
/** Bytes of stderr kept from a streaming command. */
const MAX_STREAM_STDERR_BYTES = 4096;

/** Returns the host that runs cnibench. @param env environment variables of all its commands */
export function createHost(env: EnvironmentVariables = process.env): Host {
  const { signal } = new AbortController();
  setMaxListeners(0, signal); // every running command adds a listener
  return {
    shell: localShell(env),
    env,
    argv: process.argv,
    tempDir: tmpdir(),
    homeDir: homeDir(),
    userName: userName(),
    hostname: hostname(),
    clock: systemClock,
    tryLock: trySocketLock,
    signal,
  };
}

/** Returns a directory that cannot be created if a user ID without a passwd entry has no HOME. */
function homeDir(): string {
  try {
    return homedir();
  } catch {
    return "/nonexistent";
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

/** Returns the shell of this host. @param env environment variables of its commands */
export function localShell(env: EnvironmentVariables = process.env): Shell {
  const start: Shell["start"] = (argv, options = {}) => {
    if (options.enter !== undefined) throw new TypeError(`${SHELL_NAME} cannot enter namespaces`);
    return startLocal(argv, { ...options, env: { ...env, ...options.env } });
  };
  return {
    name: SHELL_NAME,
    start,
    exec: (argv, options = {}) =>
      start(argv, { ...options, stdin: options.stdin ?? "", timeout: options.timeout ?? DEFAULT_TIMEOUT_S }).done,
  };
}

/** A started command whose streams are read and written while it runs. Serves as the transport of a node agent. */
export interface StreamingProcess extends AgentTransport {
  /** undefined: the command could not be started. */
  readonly pid: number | undefined;
  closeStdin(): void;
  kill(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): void;
}

/** Starts a command and returns its streams. @param env the complete environment of the command */
export function startStreaming(argv: readonly string[], env: Readonly<Record<string, string>>): StreamingProcess {
  const child = spawnGroup(argv, env);
  const stderr = new Capture(MAX_STREAM_STDERR_BYTES, () => undefined);
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => undefined); // onEnd reports the exit of the process
  return {
    pid: child.pid,
    write: (data) => void child.stdin.write(data),
    onData: (listener) => void child.stdout.on("data", listener),
    onEnd: (listener) => {
      void child.then((result) => listener(stderr.text().trim() || (result.originalMessage ?? "")));
    },
    closeStdin: () => void child.stdin.end(),
    kill: (signal) => killGroup(child.pid, signal),
  };
}

/**
 * Runs a command on the terminal of cnibench until it exits, or ends it when the signal aborts.
 * @returns its exit status as sh reports it: 128 plus the number of a fatal signal, 127 or 126 if it cannot start
 */
export async function runOnTerminal(
  argv: readonly string[],
  { env, signal }: Pick<Host, "env" | "signal">,
): Promise<number> {
  const [file = "", ...args] = argv;
  const options = { env, extendEnv: false, stdio: "inherit", reject: false, cancelSignal: signal } as const;
  const { exitCode, signal: ended, code, originalMessage } = await execa(file, args, options);
  if (exitCode !== undefined) return exitCode;
  if (ended !== undefined) return 128 + constants.signals[ended];
  process.stderr.write(`${file}: ${code === "ENOENT" ? "command not found" : (originalMessage ?? "")}\n`);
  return code === "ENOENT" ? 127 : 126;
}

/**
 * Starts a program that may outlive cnibench, such as a browser, without input and output, and waits for its first
 * seconds, in which most failures happen.
 * @param env the complete environment of the program
 * @returns how it failed, or null if it succeeded or still runs
 */
export async function startDetached(
  argv: readonly string[],
  { env }: Pick<Host, "env">,
  seconds: number,
): Promise<string | null> {
  const [file = "", ...args] = argv;
  const options = { env, extendEnv: false, detached: true, cleanup: false, stdio: "ignore", reject: false } as const;
  const child = execa(file, args, options);
  child.unref();
  const failure = child.then(({ failed, exitCode = null, signal = null, originalMessage }) => {
    const startError = child.pid === undefined ? (originalMessage ?? "unknown error") : null;
    return failed ? describeEnd({ startError, ended: null, signal, exitCode, duration: 0 }) : null;
  });
  let stopWaiting = (): void => undefined;
  const stillRuns = new Promise<null>((resolve) => (stopWaiting = () => resolve(null)));
  return waitOrElse(Promise.race([failure, stillRuns]), seconds, stopWaiting);
}

function spawnGroup(argv: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  const [file = "", ...args] = argv;
  return execa(file, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: "pipe",
  });
}

/** @param options `env` is the complete environment */
function startLocal(argv: readonly string[], options: ExecOptions & Pick<Host, "env">): Process {
  const started = performance.now();
  const child = spawnGroup(argv, options.env);
  const limit = options.maxBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  let ended: Output["ended"] = null;
  const terminate = (why: Output["ended"]): void => {
    ended ??= why;
    killGroup(child.pid, "SIGKILL");
  };
  const out = new Capture(limit, () => terminate("output-limit"), options.onStdout);
  const err = new Capture(limit, () => terminate("output-limit"));
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => undefined); // a command may ignore its input
  if (options.stdin !== undefined) child.stdin.end(options.stdin);

  const timer =
    options.timeout === undefined ? undefined : setTimeout(() => terminate("timeout"), options.timeout * 1000);
  const onAbort = (): void => terminate("abort");
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener("abort", onAbort, { once: true });

  child.once("exit", () => giveUpOutput(child, options.awaitsOutput === true ? LONG_DRAIN_S : DRAIN_S));
  const done = child.then((result): Output => {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
    const notStarted = child.pid === undefined;
    return {
      argv,
      where: SHELL_NAME,
      stdout: out.text(),
      stderr: err.text(),
      exitCode: notStarted ? null : (result.exitCode ?? null),
      signal: result.signal ?? null,
      duration: (performance.now() - started) / 1000,
      ended,
      startError: notStarted ? (result.originalMessage ?? "unknown error") : null,
    };
  });
  return {
    done,
    closeStdin: () => void child.stdin.end(),
    kill: (signal = "SIGTERM") => killGroup(child.pid, signal),
  };
}

/** Stops reading the output of a process after some seconds. */
function giveUpOutput({ stdout, stderr }: ReturnType<typeof spawnGroup>, seconds: number): void {
  setTimeout(() => {
    stdout.destroy();
    stderr.destroy();
  }, seconds * 1000).unref();
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The process group has already exited.
  }
}
