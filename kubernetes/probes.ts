/** Probes TCP ports and the cluster's name server from a pod, with the tools that every load image contains. */
import { SkipError } from "../core/errors.ts";
import { askCommand, askInput, parseProbeResult, serveCommand } from "../core/probe/probe.ts";
import type { Shell } from "../core/shell.ts";

/** Time without an answer after which an address is silent, in seconds. */
const ANSWER_TIMEOUT_S = 1;
/** Consecutive probes that must agree before a change counts as effective on all nodes. */
export const REQUIRED_AGREEING_PROBES = 3;
/** A name that exists in every cluster and that every pod resolves through its search list. */
const KNOWN_NAME = "kubernetes.default";
/** Seconds for one query: resolvers give up on an unresponsive server after ten. */
const RESOLVE_TIMEOUT_S = 15;

/** Returns a command that accepts connections and closes them. */
export function listenCommand(port: number): readonly string[] {
  return serveCommand("listening", [port]);
}

/** Tries to connect. A refusal can come from the owner of the address or from a hop in between. */
export async function probeTcp(
  from: Shell,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<"open" | "refused" | "silent"> {
  const { stdout } = await from.exec(askCommand(ANSWER_TIMEOUT_S), {
    stdin: askInput([{ protocol: "connect", address, port }]),
    timeout: 5,
    signal,
  });
  const { state, refused } = parseProbeResult(stdout);
  if (state === "open") return "open";
  return refused === true ? "refused" : "silent";
}

/** Resolves a name with the C library of the pod. @returns IPv4 addresses; none if no server answers */
export async function resolveName(pod: Shell, name: string, signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await pod.exec(["getent", "ahostsv4", name], { timeout: RESOLVE_TIMEOUT_S, signal });
  return [...new Set(stdout.split("\n").flatMap((line) => line.split(" ", 1)[0] || []))];
}

/** @throws SkipError if the cluster has no working name server */
export async function requireNameServer(pod: Shell, signal: AbortSignal): Promise<void> {
  if ((await resolveName(pod, KNOWN_NAME, signal)).length > 0) return;
  throw new SkipError(`the cluster has no working name server: ${KNOWN_NAME} has no address`);
}
