/**
 * Command lines and output of core/probe/probe.pl, which probes a network from inside pods and nodes. The program is
 * part of the command line, so it needs no file there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../paths.ts";

/** Times by bash, because perl-base has only a clock with a resolution of 10 ms. */
const STAMP_SCRIPT = `perl -e "$@" | while read -r line; do
  printf '%s\\n' "$EPOCHREALTIME\${line:+ $line}"
done`;

/** A connection to probe. `connect` is TCP without an answer from the server. */
export interface Connection {
  readonly protocol: "tcp" | "udp" | "connect";
  readonly address: string;
  readonly port: number;
  /** Expected answer. Not used for `connect`. */
  readonly name?: string;
}

/** The result of a probe. "failed": the probe itself failed, so the state is unknown. */
export interface ProbeResult {
  readonly state: "open" | "blocked" | "failed";
  /** Why the connection is not open. */
  readonly detail: string;
  /** The owner of the address, or a hop in between, refused the connection. */
  readonly refused?: true;
}

/** Returns a command that answers on TCP and UDP ports with a name of letters, digits, dots and hyphens. */
export function serveCommand(name: string, ports: readonly number[]): readonly string[] {
  return probeCommand("serve", name, ...ports);
}

/** Returns a command that probes the connections of its input, see {@link askInput}. @param timeout seconds */
export function askCommand(timeout: number): readonly string[] {
  return probeCommand("ask", timeout);
}

export function askInput(connections: readonly Connection[]): string {
  return connections
    .map(({ protocol, address, port, name = "" }) => `${protocol} ${address} ${port} ${name}\n`)
    .join("");
}

/** Parses a line of the output of {@link askCommand}: `open`, or another word and the reason. */
export function parseProbeResult(line: string): ProbeResult {
  const [word = "", ...rest] = line.trim().split(" ");
  const detail = rest.join(" ");
  if (word === "refused") return { state: "blocked", detail, refused: true };
  if (word === "open" || word === "blocked") return { state: word, detail };
  if (word === "wrong") return { state: "failed", detail: `answered by ${detail}` };
  return { state: "failed", detail: detail || "no valid output" };
}

/** Returns the command of a new pod, which sends packets to a collector until it has received two answers. */
export function announceCommand(address: string, port: number): readonly string[] {
  return probeCommand("announce", address, port);
}

/** Returns a command that prints a time and the host name of each of `count` new pods, after its first answer. */
export function collectCommand(port: number, count: number): readonly string[] {
  return stampedCommand("collect", port, count);
}

/** Returns a command that sends a datagram every 5 ms, each from a new port, and prints the time of each answer. */
export function watchCommand(address: string, port: number): readonly string[] {
  return stampedCommand("watch", address, port);
}

/** Parses lines of a time in seconds since the epoch, followed by a word or nothing. */
export function parseStamps(text: string): readonly { readonly at: number; readonly word: string }[] {
  return [...text.matchAll(/^(\d+\.\d+)(?: ([\w.-]+))?$/gm)].map(([, at, word = ""]) => ({ at: Number(at), word }));
}

/**
 * Returns a command that starts a background server on a TCP and a UDP port of every address. On TCP it replies after
 * the client has sent everything.
 * @param reply default: the address of the client
 */
export function echoCommand(port: number, reply = ""): readonly string[] {
  return probeCommand("echo", port, reply);
}

/** What a client sends. */
export interface ProbeRequest {
  readonly bytes: number;
  /** Seconds. */
  readonly timeout: number;
  /** Default: any free port. */
  readonly sourcePort?: number;
}

/** Returns a command that sends `bytes` (one datagram on UDP) and prints the reply. */
export function requestCommand(
  { protocol, address, port }: Connection & { readonly protocol: "tcp" | "udp" },
  { bytes, timeout, sourcePort }: ProbeRequest,
): readonly string[] {
  return probeCommand("request", protocol, address, port, bytes, timeout, ...(sourcePort ? [sourcePort] : []));
}

/** Returns a command that prints the enabled offloads of an interface: checksums, segmentation, merging. */
export function offloadsCommand(ifName: string): readonly string[] {
  return probeCommand("offloads", ifName);
}

function probeCommand(...args: readonly (string | number)[]): readonly string[] {
  return ["perl", "-e", probeProgram(), ...args.map(String)];
}

/** Returns a command that prints each line of a probe with the time before it. */
function stampedCommand(...args: readonly (string | number)[]): readonly string[] {
  return ["bash", "-c", STAMP_SCRIPT, "bash", probeProgram(), ...args.map(String)];
}

function probeProgram(): string {
  return readFileSync(join(packageRoot(), "core/probe/probe.pl"), "utf8");
}
