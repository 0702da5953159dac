/** Creates services for measured pods. A port has the same number at the pod, the service and the nodes. */
import { SkipError } from "../core/errors.ts";
import type { Endpoint, ServicePath } from "../core/model.ts";
import { poll, waitUntil } from "../core/wait.ts";
import { listenCommand, probeTcp, REQUIRED_AGREEING_PROBES, requireNameServer, resolveName } from "./probes.ts";
import { readService } from "./read.ts";
import { serviceObject } from "./objects/builders.ts";
import type { Service } from "./api-types.ts";
import { POD_LABEL, type PodNamespace } from "./pods.ts";

/** Port for probing whether the service leads to its pod, in addition to those of the loads. */
const PROBE_PORT = 30300;
/** Seconds until all nodes and the name server know a new service, and a load balancer has assigned it an address. */
const SERVICE_TIMEOUT_S = 60;
/** Service type of each path. */
const SERVICE_TYPES = {
  service: "ClusterIP",
  hairpin: "ClusterIP",
  nodeport: "NodePort",
  "nodeport-local": "NodePort",
  "external-local": "NodePort",
  headless: "ClusterIP",
  loadbalancer: "LoadBalancer",
} as const;

/** The pods that a service connects. */
interface ServiceEndpoints {
  readonly client: Endpoint;
  /** The pod that the service selects. */
  readonly server: Endpoint;
  /** Ports of the loads, for both TCP and UDP. */
  readonly ports: readonly number[];
}

/** The service that exists at the moment. */
interface CurrentService {
  readonly path: ServicePath;
  /** Address at which the client reaches it; null until it works. */
  readonly address: string | null;
}

/** Manages the service of one namespace. Node ports are cluster-wide, so only one service exists at a time. */
export class Services {
  readonly #podNamespace: PodNamespace;
  #current: CurrentService | null = null;
  /** Paths that this cluster does not support, so that each is tried only once. */
  readonly #unavailable = new Map<ServicePath, SkipError>();

  constructor(podNamespace: PodNamespace) {
    this.#podNamespace = podNamespace;
  }

  /**
   * Returns the server as the client reaches it on a path. Creates the service of the path if necessary.
   * @throws EnvironmentError if the service does not reach the server; SkipError if the cluster does not support
   * the path
   */
  async endpointFor(path: ServicePath, endpoints: ServiceEndpoints, signal: AbortSignal): Promise<Endpoint> {
    const { client, server } = endpoints;
    const unavailable = this.#unavailable.get(path);
    if (unavailable !== undefined) throw unavailable;
    const current = this.#current;
    const ip =
      current?.path === path && current.address !== null
        ? current.address
        : await this.#replaceService(path, endpoints, signal);
    const name = `${server.name} on path ${path}`;
    return path === "headless"
      ? { ...server, name, hostname: path }
      : { ...server, name, ip, mtu: client.mtu, isServiceIp: true };
  }

  /** Replaces the current service. @returns the address at which the new one answers */
  async #replaceService(path: ServicePath, endpoints: ServiceEndpoints, signal: AbortSignal): Promise<string> {
    const { kubectl, namespace } = this.#podNamespace;
    const { client, server, ports } = endpoints;
    const listening = server.shell.start(listenCommand(PROBE_PORT), { stdin: "", signal, timeout: 3600 });
    const isOpen = async (address: string): Promise<boolean> =>
      (await probeTcp(client.shell, address, PROBE_PORT, signal)) === "open";
    try {
      await this.#removeCurrent(isOpen, signal);
      this.#current = { path, address: null };
      await kubectl.create([pathService(namespace, path, server.name, [...ports, PROBE_PORT])], { signal });
      const address = await this.#addressOf(path, endpoints, signal);
      const failure = `${client.name} cannot reach ${server.name} on path ${path} (${address})`;
      await waitUntil(failure, () => isOpen(address), {
        timeout: SERVICE_TIMEOUT_S,
        inARow: REQUIRED_AGREEING_PROBES,
        signal,
        clock: kubectl.clock,
      });
      this.#current = { path, address };
      return address;
    } catch (error) {
      if (error instanceof SkipError) this.#unavailable.set(path, error);
      throw error;
    } finally {
      listening.kill("SIGKILL");
      await listening.done;
    }
  }

  /**
   * Deletes the current service and waits until it stops answering, because it could answer instead of the next
   * one.
   */
  async #removeCurrent(isOpen: (address: string) => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const { kubectl, namespace } = this.#podNamespace;
    if (this.#current === null) return;
    const { path, address } = this.#current;
    await kubectl.run(["delete", "service", path, "-n", namespace, "--ignore-not-found"], { signal });
    // The address of a headless service is the pod's, which keeps answering.
    const check = async (): Promise<boolean> => address === null || path === "headless" || !(await isOpen(address));
    const failure = `service ${path} was deleted but is still programmed on the nodes`;
    await waitUntil(failure, check, { timeout: SERVICE_TIMEOUT_S, signal, clock: kubectl.clock });
  }

  async #addressOf(path: ServicePath, { client, server }: ServiceEndpoints, signal: AbortSignal): Promise<string> {
    if (path === "nodeport-local") return client.node.ip;
    if (path === "nodeport" || path === "external-local") return server.node.ip;
    if (path === "headless") return this.#headlessAddress(path, client, server, signal);
    if (path === "loadbalancer") return this.#loadBalancerAddress(path, client, signal);
    const { kubectl, namespace } = this.#podNamespace;
    const { clusterIp } = readService(await kubectl.get(["service", path, "-n", namespace], { signal }));
    if (clusterIp === null) throw new Error(`service ${path} has no address`);
    return clusterIp;
  }

  /** Returns the server's address, once the name of the service resolves to it. */
  async #headlessAddress(name: string, client: Endpoint, server: Endpoint, signal: AbortSignal): Promise<string> {
    await requireNameServer(client.shell, signal);
    const check = async (): Promise<boolean> => (await resolveName(client.shell, name, signal)).includes(server.ip);
    await waitUntil(`${name} did not resolve to ${server.name} (${server.ip})`, check, {
      timeout: SERVICE_TIMEOUT_S,
      signal,
      clock: this.#podNamespace.kubectl.clock,
    });
    return server.ip;
  }

  /** Returns the address that the provider of load balancers assigned. Some assign a host name, which is resolved. */
  async #loadBalancerAddress(name: string, client: Endpoint, signal: AbortSignal): Promise<string> {
    const { kubectl, namespace } = this.#podNamespace;
    const check = async (): Promise<string | null> => {
      const { ip, hostname } = readService(await kubectl.get(["service", name, "-n", namespace], { signal })).ingress;
      if (ip !== null || hostname === null) return ip;
      return (await resolveName(client.shell, hostname, signal))[0] ?? null;
    };
    const address = await poll(check, { timeout: SERVICE_TIMEOUT_S, signal, clock: kubectl.clock });
    if (address === null)
      throw new SkipError(
        `no load balancer address for service ${name} within ${SERVICE_TIMEOUT_S} s: ` +
          "the cluster seems to have no load balancer provider",
      );
    return address;
  }
}

function pathService(namespace: string, path: ServicePath, pod: string, ports: readonly number[]): Service {
  const type = SERVICE_TYPES[path];
  const protocols = type === "LoadBalancer" ? ["TCP"] : ["TCP", "UDP"];
  const entries = ports.flatMap((port) =>
    protocols.map((protocol) => ({
      name: `${protocol.toLowerCase()}-${port}`,
      protocol,
      port,
      targetPort: port,
      ...(type === "NodePort" ? { nodePort: port } : {}),
    })),
  );
  return serviceObject(
    { name: path, namespace },
    {
      type,
      selector: { [POD_LABEL]: pod },
      ports: entries,
      ...(path === "external-local" ? { externalTrafficPolicy: "Local" } : {}),
      ...(path === "headless" ? { clusterIP: "None" } : {}),
    },
  );
}
