/** Queries the cluster's name server from a pod, through the resolver of its C library. */
import { SkipError } from "../core/errors.ts";
import type { Shell } from "../core/shell.ts";

/** A name that exists in every cluster and that every pod resolves through its search list. */
const KNOWN_NAME = "kubernetes.default";
/** Seconds for one query: resolvers give up on an unresponsive server after ten. */
const RESOLVE_TIMEOUT_S = 15;

/** Returns the IPv4 addresses of a name; empty if it has none or no server answers. */
export async function resolveName(pod: Shell, name: string, signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await pod.exec(["getent", "ahostsv4", name], { timeout: RESOLVE_TIMEOUT_S, signal });
  return [...new Set(stdout.split("\n").flatMap((line) => line.split(" ", 1)[0] || []))];
}

/** @throws SkipError if the cluster has no working name server */
export async function requireNameServer(pod: Shell, signal: AbortSignal): Promise<void> {
  if ((await resolveName(pod, KNOWN_NAME, signal)).length > 0) return;
  throw new SkipError(`the cluster has no working name server: ${KNOWN_NAME} has no address`);
}
