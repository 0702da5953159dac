/** An execution of a plugin as a command line to paste into a root shell of its node. */
import { quoteWord } from "../core/quote.ts";
import type { Invocation } from "./types.ts";

/** A longer input is not repeated. */
const LONGEST = 8192;

export function commandOf({ env, request, path }: Invocation): string {
  const removed = Object.entries(env).flatMap(([name, value]) => (value === undefined ? ["-u", name] : []));
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const input = request.length <= LONGEST ? request : `${request.slice(0, LONGEST)} ... (${request.length} characters)`;
  // Options of env come before its assignments.
  return `printf %s ${quoteWord(input)} | env ${[...removed, ...set, path].map(quoteWord).join(" ")}`;
}
