/** Services in front of measured pods. Each port has one number at the pod, at the service and at the nodes. */
import { SkipError } from "../../core/errors.ts";
import { valueAt, stringAt } from "../../core/json.ts";
import type { Endpoint, ServicePath } from "../../core/model.ts";
import { probeTcp, listenCommand } from "./tcp-probe.ts";
import { requireNameServer, resolveName } from "./name-server.ts";
import { POD_LABEL, type PodNamespace } from "./pods.ts";

/** A port beside those of the loads, to see whether the service leads to its pod. */
const PROBE_PORT = 30300;
/** Seconds for every node to have learnt of a service, for the name server to know it, and for a load balancer to give it an address. */
const SERVICE_TIMEOUT_S = 60;
/** Answers in a row that make a service one that works. */
const REQUIRED_AGREEING_PROBES = 3;
const SERVICE_TYPES = {
  service: "ClusterIP",
  hairpin: "ClusterIP",
  nodeport: "NodePort",
  "nodeport-local": "NodePort",
  "external-local": "NodePort",
  headless: "ClusterIP",
  loadbalancer: "LoadBalancer",
} as const;

export interface ServiceEndpoints {
  readonly client: Endpoint;
  /** The pod that serves. */
  readonly server: Endpoint;
  /** Ports of the loads, for TCP and UDP. */
  readonly ports: readonly number[];
}

interface Service {
  readonly path: ServicePath;
  /** Where the client reaches it; null: it has not been seen to work. */
  readonly address: string | null;
}

/** The services of one namespace. Node ports are the whole cluster's, so at most one service has them at a time. */
export class Services {
  readonly #podNamespace: PodNamespace;
  #current: Service | null = null;
  /** Paths that this cluster has not: each is waited for once. */
  readonly #unavailable = new Map<ServicePath, SkipError>();

  constructor(home: PodNamespace) {
    this.#podNamespace = home;
  }

  /**
   * The server as the client reaches it on this path.
   * @throws EnvironmentError when the service does not lead to it; NotThereError when the cluster has no such path.
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

  /** @returns the address at which the new service answers */
  async #replaceService(path: ServicePath, endpoints: ServiceEndpoints, signal: AbortSignal): Promise<string> {
    const { kubectl, namespace } = this.#podNamespace;
    const { client, server, ports } = endpoints;
    const listening = server.shell.start(listenCommand(PROBE_PORT), { stdin: "", signal, timeout: 3600 });
    const answers = async (address: string): Promise<boolean> =>
      (await probeTcp(client.shell, address, PROBE_PORT, signal)) === "open";
    try {
      await this.#removeCurrent(answers, signal);
      this.#current = { path, address: null };
      await kubectl.create([serviceObject(namespace, path, server.name, [...ports, PROBE_PORT])], { signal });
      const address = await this.#addressOf(path, endpoints, signal);
      let consecutive = 0;
      const check = async (): Promise<true | null> => {
        consecutive = (await answers(address)) ? consecutive + 1 : 0;
        return consecutive >= REQUIRED_AGREEING_PROBES ? true : null;
      };
      await kubectl.waitFor(`${client.name} had no answer of ${server.name} on path ${path} (${address})`, check, {
        timeout: SERVICE_TIMEOUT_S,
        signal,
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

  /** And waits until no node leads to it any more: it would answer in the place of the next. */
  async #removeCurrent(answers: (address: string) => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const { kubectl, namespace } = this.#podNamespace;
    if (this.#current === null) return;
    const { path, address } = this.#current;
    await kubectl.run(["delete", "service", path, "-n", namespace, "--ignore-not-found"], { signal });
    // At a service without an address of its own the pod itself goes on answering.
    const look = async (): Promise<true | null> =>
      address !== null && path !== "headless" && (await answers(address)) ? null : true;
    await kubectl.waitFor(`service ${path} was not taken off the nodes`, look, { timeout: SERVICE_TIMEOUT_S, signal });
  }

  async #addressOf(path: ServicePath, { client, server }: ServiceEndpoints, signal: AbortSignal): Promise<string> {
    if (path === "nodeport-local") return client.node.ip;
    if (path === "nodeport" || path === "external-local") return server.node.ip;
    if (path === "headless") return this.#headlessAddress(path, client, server, signal);
    if (path === "loadbalancer") return this.#loadBalancerAddress(path, client, signal);
    const { kubectl, namespace } = this.#podNamespace;
    const address = stringAt(await kubectl.get(["service", path, "-n", namespace], { signal }), "spec", "clusterIP");
    if (address === null) throw new Error(`service ${path} has no address`);
    return address;
  }

  /** The server's own, once the name of the service stands for it. */
  async #headlessAddress(name: string, client: Endpoint, server: Endpoint, signal: AbortSignal): Promise<string> {
    await requireNameServer(client.shell, signal);
    const check = async (): Promise<string | null> =>
      (await resolveName(client.shell, name, signal)).includes(server.ip) ? server.ip : null;
    return this.#podNamespace.kubectl.waitFor(
      `the name ${name} did not stand for ${server.name} (${server.ip})`,
      check,
      {
        timeout: SERVICE_TIMEOUT_S,
        signal,
      },
    );
  }

  /** Given by whatever provides load balancers; some give a name. */
  async #loadBalancerAddress(name: string, client: Endpoint, signal: AbortSignal): Promise<string> {
    const { kubectl, namespace } = this.#podNamespace;
    const check = async (): Promise<string | null> => {
      const ingress = valueAt(
        await kubectl.get(["service", name, "-n", namespace], { signal }),
        "status",
        "loadBalancer",
        "ingress",
      );
      const [first] = Array.isArray(ingress) ? (ingress as unknown[]) : [];
      const hostname = stringAt(first, "hostname");
      return (
        stringAt(first, "ip") ??
        (hostname === null ? null : ((await resolveName(client.shell, hostname, signal))[0] ?? null))
      );
    };
    const address = await kubectl.poll(check, { timeout: SERVICE_TIMEOUT_S, signal });
    if (address === null)
      throw new SkipError(
        `no load balancer gave service ${name} an address within ${SERVICE_TIMEOUT_S} s: the cluster seems to have no provider of them`,
      );
    return address;
  }
}

function serviceObject(namespace: string, path: ServicePath, pod: string, ports: readonly number[]): object {
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
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: path, namespace },
    spec: {
      type,
      selector: { [POD_LABEL]: pod },
      ports: entries,
      ...(path === "external-local" ? { externalTrafficPolicy: "Local" } : {}),
      ...(path === "headless" ? { clusterIP: "None" } : {}),
    },
  };
}
