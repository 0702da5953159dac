/** An execution of a plugin as a command line to paste into a root shell of its node. */
import { quoteArgv, quoteWord } from "../core/quote.ts";
import type { CniEnv } from "./environment.ts";
import type { Invocation } from "./types.ts";

/** A longer input is not repeated. */
const MAX_INPUT_CHARS = 8192;

export function reproduceCommand({ env, request, path }: Invocation): string {
  return `printf %s ${quoteWord(shortenInput(request))} | ${commandLine([path], env)}`;
}

/** A command with its changes to the environment; undefined removes a variable. */
export function commandLine(argv: readonly string[], env: CniEnv): string {
  const removed = Object.entries(env).flatMap(([name, value]) => (value === undefined ? ["-u", name] : []));
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  // Options of env come before its assignments.
  return `env ${quoteArgv([...removed, ...set, ...argv])}`;
}

/** An input that a person may still want to read. */
export function shortenInput(input: string): string {
  return input.length <= MAX_INPUT_CHARS
    ? input
    : `${input.slice(0, MAX_INPUT_CHARS)} ... (${input.length} characters)`;
}
