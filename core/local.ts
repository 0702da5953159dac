/**
 * The shell of the machine cnibench runs on: the only importer of execa.
 *
 * Each command leads a process group of its own, so that ending it ends everything it started; and a background process
 * that keeps the output pipes open cannot hold the caller (execa alone would wait for the pipes to close).
 */
import { execa } from "execa";
import { Capture } from "./capture.ts";
import { DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT, type ExecOptions, type Output, type Process, type Shell } from "./shell.ts";

/** Seconds that output may still arrive after the exit, when somebody else holds the pipes. */
const DRAIN = 0.25;

export interface LocalOptions {
  readonly name?: string;
  /** Put before every argv, to enter somewhere: `["nsenter", ...]`. */
  readonly prefix?: readonly string[];
  /** The whole environment; default: that of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export function localShell(options: LocalOptions = {}): Shell {
  const name = options.name ?? "this host";
  const start = (argv: readonly string[], exec: ExecOptions = {}): Process => startLocal(name, options, argv, exec);
  return {
    name,
    start,
    exec: (argv, exec = {}) =>
      start(argv, { ...exec, stdin: exec.stdin ?? "", timeout: exec.timeout ?? DEFAULT_TIMEOUT }).done,
  };
}

function startLocal(where: string, base: LocalOptions, argv: readonly string[], options: ExecOptions): Process {
  const [file = "", ...args] = [...(base.prefix ?? []), ...argv];
  const started = performance.now();
  const child = execa(file, args, {
    env: { ...(base.env ?? process.env), ...options.env },
    extendEnv: false,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: "pipe",
  });
  const limit = options.maxBytes ?? DEFAULT_MAX_BYTES;
  let ended: Output["ended"] = null;
  const end = (why: Output["ended"]): void => {
    ended ??= why;
    killGroup(child.pid, "SIGKILL");
  };
  const out = new Capture(limit, () => end("output-limit"));
  const err = new Capture(limit, () => end("output-limit"));
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => undefined); // a program need not read its input
  if (options.stdin !== undefined) child.stdin.end(options.stdin);

  const timer = options.timeout === undefined ? undefined : setTimeout(() => end("timeout"), options.timeout * 1000);
  const onAbort = (): void => end("abort");
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener("abort", onAbort, { once: true });

  child.once("exit", () => {
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, DRAIN * 1000).unref();
  });
  const done = child.then((result): Output => {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
    const neverRan = child.pid === undefined;
    return {
      argv,
      where,
      stdout: out.text(),
      stderr: err.text(),
      exitCode: neverRan ? null : (result.exitCode ?? null),
      signal: result.signal ?? null,
      duration: (performance.now() - started) / 1000,
      ended,
      startError: neverRan ? (result.originalMessage ?? "cannot be started") : null,
    };
  });
  return {
    done,
    closeStdin: () => void child.stdin.end(),
    kill: (signal = "SIGTERM") => killGroup(child.pid, signal),
  };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already: nothing is left to signal.
  }
}
