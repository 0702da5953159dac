/** The ends of paths: lasting pods or nodes, which must reach each other before a measurement. */
import { EnvironmentError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/model.ts";
import { succeeded } from "../../core/shell.ts";

/** An end of a path with all addresses that must be reachable; the first one is the address of the endpoint. */
export interface PathEnd {
  readonly endpoint: Endpoint;
  readonly addresses: readonly string[];
}

export interface DeployedPod extends PathEnd {
  /** Command prefix that runs a command in the pod from a terminal on this machine. */
  readonly enterCommand: readonly string[];
}

/** Pods that are created on first use and stay until the end of the deployment. */
export class LastingPods {
  readonly #pods = new Map<string, Promise<DeployedPod>>();

  get(name: string, create: () => Promise<DeployedPod>): Promise<DeployedPod> {
    const pod = this.#pods.get(name) ?? create();
    this.#pods.set(name, pod);
    return pod;
  }

  /** Lists the pods that were created successfully, in order of creation. */
  async all(): Promise<readonly DeployedPod[]> {
    const results = await Promise.allSettled(this.#pods.values());
    return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  }
}

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
  // One direction at a time: two WireGuard peers that initiate handshakes at once drop both and retry after 5 s.
  await requireAnswers(client, server);
  await requireAnswers(server, client);
  return { client: client.endpoint, server: server.endpoint };
}

async function requireAnswers(from: PathEnd, to: PathEnd): Promise<void> {
  await Promise.all(to.addresses.map((address) => requireAnswer(from.endpoint, to.endpoint, address)));
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

/**
 * Returns the entry of one node from a list with one entry per node.
 * @param index 0 for the first node
 * @throws EnvironmentError if the cluster has fewer nodes
 */
export function nodeAt<T>(nodes: readonly T[], index: number): T {
  const node = nodes[index];
  if (node === undefined)
    throw new EnvironmentError(`${index + 1} nodes required, ${nodes.length} available; use --nodes ${index + 1}`);
  return node;
}
