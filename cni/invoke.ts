/** Executes a plugin once (specification 1.1, section 2). */
import type { Output, Shell } from "../core/shell.ts";
import { retry } from "../core/wait.ts";
import type { Invocation } from "./types.ts";

/** A plugin execution to perform. */
export interface PluginCall extends Omit<Invocation, "output"> {
  /** Seconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Maximum bytes of stdout and of stderr. A result has a few hundred. */
export const MAX_OUTPUT_BYTES = 1024 * 1024;

/** A plugin that is being written cannot start (ETXTBSY), so it is retried, like libcni does. */
const MAX_BUSY_ATTEMPTS = 5;
const BUSY_RETRY_S = 1;

/** Executes a plugin and returns its outcome. Does not throw if the plugin fails. */
export async function invokePlugin(shell: Shell, call: PluginCall): Promise<Invocation> {
  const { plugin, path, command, request, env, timeout, signal } = call;
  const options = { stdin: request, env, timeout, maxBytes: MAX_OUTPUT_BYTES, ...(signal ? { signal } : {}) };
  // Without the signal, because an abort between two attempts would throw: the next attempt ends as aborted instead.
  const output = await retry(
    () => shell.exec([path], options),
    (result) => isBusy(result) && signal?.aborted !== true,
    { attempts: MAX_BUSY_ATTEMPTS, every: BUSY_RETRY_S },
  );
  return { plugin, path, command, request, env, output };
}

function isBusy(output: Output): boolean {
  return output.startError !== null && /ETXTBSY|text file busy/i.test(output.startError);
}
