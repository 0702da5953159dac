/** Checks before a measurement that both ends of a path reach each other. */
import { EnvironmentError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/model.ts";
import { succeeded } from "../../core/shell.ts";
import type { PathEnd } from "./bare/pods.ts";

/** The two ends of a path. */
export interface EndpointPair {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/** Time within which a ping must be answered: duplicate address detection delays a new IPv6 address by 2 s. */
const ANSWER_TIMEOUT_S = 5;

/**
 * Pings every address in both directions: on a one-way path, loads fail without a clear reason.
 * @throws EnvironmentError if an address does not answer or both ends have the same address
 */
export async function requireReachable(client: PathEnd, server: PathEnd): Promise<EndpointPair> {
  const shared = client.addresses.find((address) => server.addresses.includes(address));
  if (shared !== undefined) {
    const names = `${client.endpoint.name} and ${server.endpoint.name}`;
    throw new EnvironmentError(
      `${names} have the same address ${shared}; give each node its own range ({{nodeSubnet}} in the configuration)`,
    );
  }
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    for (const address of to.addresses) await requireAnswer(from.endpoint, to.endpoint, address);
  }
  return { client: client.endpoint, server: server.endpoint };
}

async function requireAnswer(from: Endpoint, to: Endpoint, address: string): Promise<void> {
  const output = await from.shell.exec(["ping", "-n", "-c1", "-i0.1", `-w${ANSWER_TIMEOUT_S}`, address], {
    timeout: ANSWER_TIMEOUT_S + 3,
  });
  if (succeeded(output)) return;
  throw new EnvironmentError(
    `${from.name} (${from.ip} on ${from.node.name}) cannot reach ${to.name} (${address} on ${to.node.name})`,
  );
}
