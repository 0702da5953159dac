/** SIGINT and SIGTERM end a command cleanly; a second signal ends it immediately. */
import { setMaxListeners } from "node:events";
import type { Host } from "../../core/host.ts";
import { EXIT, Interrupted } from "../exit-code.ts";
import { reportError } from "../report-error.ts";

/** Waits for the user: the next SIGINT ends only the pause. */
export type Pause = () => Promise<void>;

/**
 * Runs `work` with a host whose signal SIGINT and SIGTERM abort.
 * @throws Interrupted in that case, after `work` has ended
 */
export async function interruptible<T>(host: Host, work: (host: Host, pause: Pause) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every running command adds a listener
  let resume: (() => void) | null = null;
  const pause: Pause = () => new Promise((resolve) => (resume = resolve));
  const onSignal = (name: NodeJS.Signals): void => {
    const paused = resume;
    resume = null;
    paused?.();
    if (paused !== null && name === "SIGINT") return;
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new Interrupted("interrupted"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    const result = await work({ ...host, signal: controller.signal }, pause);
    controller.signal.throwIfAborted();
    return result;
  } catch (error) {
    const { aborted, reason } = controller.signal as { readonly aborted: boolean; readonly reason: unknown };
    // Errors caused by the interrupt are expected; any other error is printed first.
    if (aborted && error !== reason && !isAbort(error)) reportError(error, false);
    throw aborted ? reason : error;
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
