/** What a test executed, as lines to paste into a root shell of a node: the namespaces first, then each execution. */
import { quoteWord } from "../../core/quote.ts";
import type { Invocation } from "../../cni/types.ts";

/** Executions before the last that are told: what led to it. */
const TOLD = 6;
/** A longer input is not repeated. */
const LONGEST = 8192;

/** The commands, joined so that they are one line. Steps between executions (tampering) are in the clause's words only. */
export function reproduce(calls: readonly Invocation[]): string {
  const told = calls.slice(-TOLD);
  const names = new Set(told.flatMap(({ env }) => /^\/run\/netns\/(cnibench-\d+)$/.exec(env.CNI_NETNS ?? "")?.[1] ?? []));
  return [...[...names].map((name) => `ip netns add ${name}`), ...told.map(commandOf)].join("; ");
}

function commandOf({ env, request, path }: Invocation): string {
  const words = Object.entries(env).flatMap(([name, value]) => (value === undefined ? ["-u", name] : [`${name}=${value}`]));
  // Options of env come before its assignments.
  const ordered = [...words.filter((_, i) => words[i] === "-u" || words[i - 1] === "-u"), ...words.filter((_, i) => words[i] !== "-u" && words[i - 1] !== "-u")];
  const input = request.length <= LONGEST ? request : `${request.slice(0, LONGEST)} ... (${request.length} characters)`;
  return `printf %s ${quoteWord(input)} | env ${[...ordered, path].map(quoteWord).join(" ")}`;
}
