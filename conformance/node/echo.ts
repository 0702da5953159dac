/** Echo servers and clients in the network under test. */
import { echoCommand, requestCommand, type ProbeRequest } from "../../core/probe/probe.ts";
import { run, succeeded, type Shell } from "../../core/shell.ts";

export type EchoProtocol = "tcp" | "udp";

/** A server in the network under test. */
export interface EchoServer {
  readonly address: string;
  readonly port: number;
}

const RESPONSE_TIMEOUT_S = 5;

/**
 * Starts a server on a TCP and a UDP port of every address. It listens on return and ends with the test node.
 * @param reply default: the address of the client
 */
export async function startServer(shell: Shell, port: number, reply = ""): Promise<void> {
  await run(shell, echoCommand(port, reply));
}

/** Returns the reply of a server, or an empty string if there is none within 5 s. */
export async function requestReply(
  shell: Shell,
  protocol: EchoProtocol,
  address: string,
  port: number,
): Promise<string> {
  return (await runClient(shell, { protocol, address, port }, { bytes: 0, timeout: RESPONSE_TIMEOUT_S })).stdout;
}

/** Time for the reply to a datagram: without one, the client of a flow that leads nowhere waits this long. */
const FLOW_TIMEOUT_S = 2;

/** Sends a datagram from a fixed port, as a client that keeps its socket does. @returns the reply, "" without one */
export async function continueFlow(shell: Shell, { address, port }: EchoServer, sourcePort: number): Promise<string> {
  const request = { bytes: 0, timeout: FLOW_TIMEOUT_S, sourcePort };
  return (await runClient(shell, { protocol: "udp", address, port }, request)).stdout;
}

/**
 * Bits per second to a server over TCP, measured from the start of the client to the reply; null without a reply in
 * time.
 */
export async function measureRate(
  shell: Shell,
  server: EchoServer,
  { bytes, timeout }: ProbeRequest,
): Promise<number | null> {
  const output = await runClient(shell, { protocol: "tcp", ...server }, { bytes, timeout });
  return succeeded(output) && output.stdout !== "" ? (8 * bytes) / output.duration : null;
}

function runClient(
  shell: Shell,
  server: EchoServer & { readonly protocol: EchoProtocol },
  transfer: ProbeRequest,
): ReturnType<Shell["exec"]> {
  return shell.exec(requestCommand(server, transfer), { timeout: transfer.timeout + 2 });
}
