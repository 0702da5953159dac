/** A host whose commands print scripted outputs, for tests of code that drives tools such as kind or helm. */
import type { EnvironmentVariables, Host, TryLock } from "../../core/host.ts";
import type { Clock } from "../../core/clock.ts";
import type { ExecOptions, Output, Process, Shell } from "../../core/shell.ts";

/** The output of a command, or a function that computes it from the command. Omitted fields are those of a success. */
export type Reply =
  Partial<Output> | ((argv: readonly string[], options: ExecOptions) => Partial<Output> | Promise<Partial<Output>>);

/** A command that was executed. */
export interface Call {
  readonly argv: readonly string[];
  readonly options: ExecOptions;
}

export interface FakeShell extends Shell {
  /** The executed commands, in order. */
  readonly calls: readonly Call[];
}

export interface FakeHost extends Host {
  readonly shell: FakeShell;
  readonly clock: FakeClock;
}

export interface FakeHostOptions extends Partial<Pick<Host, "tempDir" | "signal">> {
  readonly env?: EnvironmentVariables;
}

/** A clock that only `sleep`, which takes no time, and `advance` move. */
export interface FakeClock extends Clock {
  /** Moves the clock forward. */
  advance(seconds: number): void;
}

/**
 * Returns a host without any real process.
 * @param replies replies by the first words of the command (`docker info`); the longest match applies. The path of
 * the command may be omitted. Any other command fails the test.
 */
export function fakeHost(replies: Readonly<Record<string, Reply>> = {}, options: FakeHostOptions = {}): FakeHost {
  return {
    shell: fakeShell(replies),
    env: options.env ?? {},
    argv: ["node", "cnibench"],
    tempDir: options.tempDir ?? "/nonexistent",
    homeDir: "/home/user",
    userName: "user",
    hostname: "machine",
    clock: fakeClock(),
    tryLock: fakeLocks(),
    signal: options.signal ?? new AbortController().signal,
  };
}

/** Returns a shell with scripted outputs; see {@link fakeHost}. */
export function fakeShell(replies: Readonly<Record<string, Reply>>, name = "this host"): FakeShell {
  const calls: Call[] = [];
  const prefixes = Object.keys(replies).sort((a, b) => b.length - a.length);
  const exec = async (argv: readonly string[], options: ExecOptions = {}): Promise<Output> => {
    calls.push({ argv, options });
    const command = `${argv.join(" ")} `;
    const withoutPath = command.slice((argv[0] ?? "").lastIndexOf("/") + 1);
    const prefix = prefixes.find((words) => [command, withoutPath].some((text) => text.startsWith(`${words} `)));
    if (prefix === undefined) throw new Error(`no reply is scripted for: ${argv.join(" ")}`);
    const reply = replies[prefix] ?? {};
    return { ...outputOf(argv, typeof reply === "function" ? await reply(argv, options) : reply), where: name };
  };
  const start = (argv: readonly string[], options?: ExecOptions): Process => {
    let kill: Process["kill"] = () => undefined;
    const killed = new Promise<Output>((resolve) => {
      kill = (signal = "SIGTERM") => resolve({ ...outputOf(argv, { exitCode: null, signal }), where: name });
    });
    return { done: Promise.race([exec(argv, options), killed]), closeStdin: () => undefined, kill };
  };
  return { name, calls, exec, start };
}

/** Returns an output with these fields; all others are those of a command that succeeded without output. */
export function outputOf(argv: readonly string[], fields: Partial<Output> = {}): Output {
  const success = { stdout: "", stderr: "", exitCode: 0, signal: null, duration: 0, ended: null, startError: null };
  return { argv, where: "this host", ...success, ...fields };
}

/** Returns locks that only users of the same fake host share. */
function fakeLocks(): TryLock {
  const held = new Set<string>();
  return async (name) => {
    if (held.has(name)) return null;
    held.add(name);
    return () => void held.delete(name);
  };
}

function fakeClock(): FakeClock {
  let seconds = 0;
  return {
    date: () => new Date(seconds * 1000),
    now: () => seconds,
    advance: (by) => void (seconds += by),
    sleep: async (by, signal) => {
      signal?.throwIfAborted();
      seconds += by;
    },
  };
}
