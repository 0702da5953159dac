/**
 * Defines the host: the machine that runs cnibench, as far as code depends on it. `cli/main.ts` creates the only one
 * (`createHost` in local.ts) and passes it down; tests pass a fake with scripted command outputs.
 *
 * Code that starts processes of this machine or depends on its environment takes the host as its first parameter. A
 * host for a narrower scope is a copy: `{ ...host, signal }`.
 */
import type { Clock } from "./clock.ts";
import type { Shell } from "./shell.ts";

/** The machine that runs cnibench. */
export interface Host {
  /** Runs commands on this machine, with the variables of `env`. */
  readonly shell: Shell;
  /** Environment variables. */
  readonly env: EnvironmentVariables;
  /** The command line of this process: Node.js, the program and its arguments. */
  readonly argv: readonly string[];
  /** Directory for temporary files. */
  readonly tempDir: string;
  /** Home directory of the user. */
  readonly homeDir: string;
  /** Name of the user, or "" if the user ID has no passwd entry, as in many containers. */
  readonly userName: string;
  /** Name of this machine. */
  readonly hostname: string;
  readonly clock: Clock;
  /** Locks of this machine, which the processes of all users share. */
  readonly tryLock: TryLock;
  /** Aborts when the user interrupts cnibench. Commands that remove things ignore it. */
  readonly signal: AbortSignal;
}

/**
 * Takes a lock that is released with this process at the latest.
 * @returns a function that releases the lock; null if another process, or this one, holds it
 */
export type TryLock = (name: string) => Promise<(() => void) | null>;

/** Environment variables of a process; an unset variable is missing or undefined. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;
