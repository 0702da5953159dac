/** Runs the built program like a user. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished } from "vitest";
import { localShell } from "../../core/local.ts";
import { packageRoot } from "../../core/paths.ts";
import type { ExecOptions, Output, Process } from "../../core/shell.ts";

export const PROGRAM = [process.execPath, join(packageRoot(), "dist/cli/main.js")];

/** Unsets the variables that change the output. */
const ENV = { CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined };

/** Runs cnibench until it exits. */
export function cnibench(
  args: readonly string[],
  options: ExecOptions = {},
  program: readonly string[] = PROGRAM,
): Promise<Output> {
  return localShell().exec([...program, ...args], { timeout: 300, ...options, env: { ...ENV, ...options.env } });
}

/** Requires that all values of a run follow from its raw output, and its reports from the values. */
export async function expectVerified(dir: string): Promise<void> {
  const { exitCode, stdout, stderr } = await cnibench(["verify", dir]);
  expect(stderr + stdout).toContain(": no difference");
  expect(exitCode).toBe(0);
}

/** Starts cnibench in the background; a test that finishes earlier kills it. */
export function startCnibench(args: readonly string[], env: ExecOptions["env"] = {}): Process {
  const started = localShell().start([...PROGRAM, ...args], { stdin: "", env: { ...ENV, ...env } });
  let ended = false;
  void started.done.then(() => (ended = true));
  // After a failed test, it would keep running and block the next run.
  onTestFinished(() => (ended ? undefined : started.kill("SIGKILL")));
  return started;
}

/** Creates a world-readable directory that is deleted at the end of the test. */
export function temporaryDir(): string {
  const dir = newDir();
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Creates a world-readable directory that is deleted after all tests of the file. */
export function temporaryDirOfFile(): string {
  const dir = newDir();
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "cnibench-test-"));
  chmodSync(dir, 0o755);
  return dir;
}
