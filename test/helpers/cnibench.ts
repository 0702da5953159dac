/** Runs the built program as a user would. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import { localShell } from "../../core/local.ts";
import { packageRoot } from "../../core/paths.ts";
import type { ExecOptions, Output, Process } from "../../core/shell.ts";

export const PROGRAM = [process.execPath, join(packageRoot(), "dist/cli/main.js")];

/** Without the variables that change how it speaks. */
const ENV = { CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined };

export function cnibench(
  args: readonly string[],
  options: ExecOptions = {},
  program: readonly string[] = PROGRAM,
): Promise<Output> {
  return localShell().exec([...program, ...args], { timeout: 300, ...options, env: { ...ENV, ...options.env } });
}

export function startCnibench(args: readonly string[], env: ExecOptions["env"] = {}): Process {
  const started = localShell().start([...PROGRAM, ...args], { stdin: "", env: { ...ENV, ...env } });
  let ended = false;
  void started.done.then(() => (ended = true));
  // After a failure it would go on, and no other run could begin.
  onTestFinished(() => (ended ? undefined : started.kill("SIGKILL")));
  return started;
}

/** A folder that everybody may read, and that is gone when the test ends. */
export function temporaryDir(): string {
  const folder = newDir();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same for all tests of a file. */
export function temporaryDirOfFile(): string {
  const folder = newDir();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function newDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "cnibench-test-"));
  chmodSync(folder, 0o755);
  return folder;
}
