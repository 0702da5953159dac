/** Probes TCP connections between pods. */
import { askCommand, askInput, parseProbeResult, serveCommand } from "../core/probe/probe.ts";
import type { Shell } from "../core/shell.ts";

/** Time without an answer after which an address is silent, in seconds. */
const ANSWER_TIMEOUT_S = 1;

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
  const { state, detail } = parseProbeResult(stdout);
  if (state === "open") return "open";
  return detail === "Connection refused" ? "refused" : "silent";
}
