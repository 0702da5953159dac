/** `cnibench conformance --watch`: runs the tests again whenever the binary or a file about it changes. */
import { setMaxListeners } from "node:events";
import { statSync } from "node:fs";
import type { Host } from "../../core/host.ts";
import { poll } from "../../core/wait.ts";
import { reportError } from "../report-error.ts";

/** Seconds between two looks at the files. A file counts as changed once two looks find the same new state. */
const LOOK_INTERVAL_S = 0.25;

/** Returns the state of the files; null while one of them is missing, as during a build. */
function stateOf(files: readonly string[]): string | null {
  const stats = files.map((file) => statSync(file, { throwIfNoEntry: false }));
  return stats.includes(undefined)
    ? null
    : stats.map((stat) => `${stat?.ino} ${stat?.size} ${stat?.mtimeMs}`).join("\n");
}

/** Waits until the files have another state that lasts. @throws the signal's reason */
async function waitForChange(files: readonly string[], before: string | null, signal: AbortSignal): Promise<void> {
  let last = before;
  const hasSettled = (): boolean => {
    const now = stateOf(files);
    const settled = now !== null && now !== before && now === last;
    last = now;
    return settled;
  };
  await poll(hasSettled, { timeout: Infinity, every: LOOK_INTERVAL_S, signal });
}

/**
 * Runs the tests, and again after every change of the files; a change during a run restarts it. Errors after the first
 * run are printed.
 * @param findFiles returns the files to watch
 * @throws the errors of the first run; the reason of the host's signal
 */
export async function watch(
  host: Host,
  findFiles: () => readonly string[],
  runTests: (host: Host) => Promise<unknown>,
): Promise<never> {
  let files = findFiles();
  for (let runs = 0; ; runs++) {
    const before = stateOf(files);
    const changed = new AbortController();
    const signal = AbortSignal.any([host.signal, changed.signal]);
    setMaxListeners(0, signal); // every running command adds a listener
    const change = waitForChange(files, before, host.signal).then(() => changed.abort(new Error("a file changed")));
    change.catch(() => undefined); // awaited below, unless the tests fail
    try {
      await runTests({ ...host, signal });
      files = findFiles();
    } catch (error) {
      if (host.signal.aborted || (runs === 0 && !changed.signal.aborted)) throw error;
      if (!changed.signal.aborted) reportError(error, false);
    }
    host.signal.throwIfAborted();
    if (!changed.signal.aborted) process.stderr.write(`watching ${files.join(", ")}; press Ctrl-C to end\n`);
    await change;
    process.stderr.write("\na file changed; testing again\n");
  }
}
