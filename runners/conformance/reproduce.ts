/** What a test executed, as lines to paste into a root shell of a node: the namespaces first, then each execution. */
import { commandOf } from "../../cni/command-line.ts";
import type { Invocation } from "../../cni/types.ts";

/** Executions before the last that are told: what led to it. */
const TOLD = 6;
/** The commands, joined so that they are one line. Steps between executions (tampering) are in the clause's words only. */
export function reproduce(calls: readonly Invocation[]): string {
  const told = calls.slice(-TOLD);
  const names = new Set(told.flatMap(({ env }) => /^\/run\/netns\/(cnibench-\d+)$/.exec(env.CNI_NETNS ?? "")?.[1] ?? []));
  return [...[...names].map((name) => `ip netns add ${name}`), ...told.map(commandOf)].join("; ");
}
