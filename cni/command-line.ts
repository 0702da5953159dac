/** An execution of a plugin as a command line to paste into a root shell of its node. */
import { quoteArgv, quoteWord } from "../core/quote.ts";
import type { CniEnv } from "./environment.ts";
import type { Invocation } from "./types.ts";

/** A longer input is not repeated. */
const LONGEST = 8192;

export function commandOf({ env, request, path }: Invocation): string {
  return `printf %s ${quoteWord(shortened(request))} | ${commandLine([path], env)}`;
}

/** A command with its changes to the environment; undefined removes a variable. */
export function commandLine(argv: readonly string[], env: CniEnv): string {
  const removed = Object.entries(env).flatMap(([name, value]) => (value === undefined ? ["-u", name] : []));
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  // Options of env come before its assignments.
  return `env ${quoteArgv([...removed, ...set, ...argv])}`;
}

/** An input that a person may still want to read. */
export function shortened(input: string): string {
  return input.length <= LONGEST ? input : `${input.slice(0, LONGEST)} ... (${input.length} characters)`;
}
