/** What the cluster's name server answers to a pod, asked through the resolver of its C library. */
import { SkipError } from "../../core/errors.ts";
import type { Shell } from "../../core/shell.ts";

/** A name that every cluster has, and that is found in the search list of every pod. */
const KNOWN_NAME = "kubernetes.default";
/** Seconds for one answer: a resolver gives up on a silent server after ten. */
const RESOLVE_TIMEOUT_S = 15;

/** @returns the IPv4 addresses of a name; empty: it has none, or nobody answers. */
export async function resolveName(pod: Shell, name: string, signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await pod.exec(["getent", "ahostsv4", name], { timeout: RESOLVE_TIMEOUT_S, signal });
  return [...new Set(stdout.split("\n").flatMap((line) => line.split(" ", 1)[0] || []))];
}

/** @throws NotThereError on a cluster that runs without one. */
export async function requireNameServer(pod: Shell, signal: AbortSignal): Promise<void> {
  if ((await resolveName(pod, KNOWN_NAME, signal)).length > 0) return;
  throw new SkipError(`the cluster has no name server that answers: ${KNOWN_NAME} has no address`);
}
