/** Formats plugin executions as command lines that can be pasted into a root shell on the node. */
import { quoteArgv, quoteWord } from "../core/text.ts";
import type { CniEnv } from "./environment.ts";
import type { Invocation } from "./types.ts";

/** Longer input is truncated. */
const MAX_INPUT_CHARS = 8192;

/** Returns the command line that repeats an execution. */
export function reproduceCommand({ env, request, path }: Invocation): string {
  return `printf %s ${quoteWord(shortenInput(request))} | ${commandLine([path], env)}`;
}

/** Returns a command line with changes to the environment; undefined removes a variable. */
export function commandLine(argv: readonly string[], env: CniEnv): string {
  const removed = Object.entries(env).flatMap(([name, value]) => (value === undefined ? ["-u", name] : []));
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  // env expects its options before the assignments.
  return `env ${quoteArgv([...removed, ...set, ...argv])}`;
}

/** Truncates long input for display. */
export function shortenInput(input: string): string {
  return input.length <= MAX_INPUT_CHARS
    ? input
    : `${input.slice(0, MAX_INPUT_CHARS)} ... (${input.length} characters)`;
}
