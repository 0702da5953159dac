/** Executes a plugin once (specification 1.1, section 2). */
import { setTimeout as sleep } from "node:timers/promises";
import type { Output, Shell } from "../core/shell.ts";
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
const BUSY_RETRY_MS = 1000;

/** Executes a plugin and returns its outcome. Does not throw if the plugin fails. */
export async function invokePlugin(shell: Shell, call: PluginCall): Promise<Invocation> {
  const { plugin, path, command, request, env, timeout, signal } = call;
  const options = { stdin: request, env, timeout, maxBytes: MAX_OUTPUT_BYTES, ...(signal ? { signal } : {}) };
  let output: Output;
  for (let attempt = 1; ; attempt++) {
    output = await shell.exec([path], options);
    if (attempt === MAX_BUSY_ATTEMPTS || !isBusy(output) || signal?.aborted) break;
    await sleep(BUSY_RETRY_MS);
  }
  return { plugin, path, command, request, env, output };
}

function isBusy(output: Output): boolean {
  return output.startError !== null && /ETXTBSY|text file busy/i.test(output.startError);
}
