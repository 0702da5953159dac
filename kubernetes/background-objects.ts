/** Creates services, policies and pods that exist during measurements, as load for the plugin and the service proxy. */
import { addressAt } from "../core/ip.ts";
import type { Endpoint, BackgroundObjects } from "../core/model.ts";
import { waitUntil } from "../core/wait.ts";
import { explainPods } from "./pod-diagnosis.ts";
import { probeTcp, listenCommand, REQUIRED_AGREEING_PROBES } from "./probes.ts";
import { readPod, readService } from "./read.ts";
import { networkPolicyObject, serviceObject } from "./objects/builders.ts";
import { podObject } from "./objects/pod.ts";
import type { NamespacedObject, NetworkPolicy, NetworkPolicySpec } from "./api-types.ts";
import { POD_LABEL, type PodNamespace } from "./pods.ts";

/** Label of all background objects, by which they are deleted. */
const OBJECT_LABEL = "cnibench.dev/standing";
/**
 * Seconds until the objects exist and are effective, or are deleted, and the time that each adds to it: older
 * versions of kubectl create five per second.
 */
const EFFECT_TIMEOUT_S = { base: 120, perObject: 0.5 } as const;
/** A port that is closed on measured pods. */
const PROBE_PORT = 30302;
/** Pod that the last policy isolates. */
const SENTINEL_NAME = "standing-sentinel";
/**
 * Policy that allows all traffic. Its name sorts last among the policies that select the same pods, because some
 * plugins evaluate them in that order and stop at the first that allows the traffic.
 */
const ALLOW_ALL_POLICY = "standing-open";
/** Reserved for benchmarks (RFC 2544), so no pod has such an address. */
const UNUSED_RANGE = "198.18.0.0/15";

/** Scales the background objects of one namespace. */
export class BackgroundObjectScaler {
  readonly #podNamespace: PodNamespace;
  readonly #nodes: readonly string[];
  #current: BackgroundObjects | null = { services: 0, policies: 0, pods: 0 };
  /** Number of objects that may exist. */
  #count = 0;

  /** @param nodes names of the nodes to spread the pods over */
  constructor(podNamespace: PodNamespace, nodes: readonly string[]) {
    this.#podNamespace = podNamespace;
    this.#nodes = nodes;
  }

  /**
   * Replaces the background objects and waits until the last of them is effective.
   * @param clientPod returns the pod from which this is probed
   * @throws EnvironmentError on a timeout
   */
  async scaleTo(load: BackgroundObjects, clientPod: () => Promise<Endpoint>, signal: AbortSignal): Promise<void> {
    if (this.#current !== null && isSameLoad(this.#current, load)) return;
    const client = await clientPod();
    const { kubectl, namespace } = this.#podNamespace;
    this.#current = null; // until the new objects are effective
    await kubectl.run(["delete", "services,networkpolicies,pods", "-l", OBJECT_LABEL, "-n", namespace], {
      signal,
      timeout: effectTimeout(this.#count),
    });
    this.#count = load.services + load.policies + load.pods;
    const timeout = effectTimeout(this.#count);
    await this.#createPods(load, client, timeout, signal);
    await this.#createServices(load.services, client, timeout, signal);
    await this.#createPolicies(load.policies, client, timeout, signal);
    this.#current = load;
  }

  async #createPods(
    { pods, policies }: BackgroundObjects,
    client: Endpoint,
    timeout: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { kubectl, namespace, image } = this.#podNamespace;
    const idle = Array.from({ length: pods }, (_, i) =>
      podObject({ ...this.#metadata(`standing-${i + 1}`), nodeName: this.#nodes[i % this.#nodes.length] ?? "", image }),
    );
    const sentinel = podObject({
      ...this.#metadata(SENTINEL_NAME),
      nodeName: this.#nodes.at(-1) ?? "",
      image,
      command: listenCommand(PROBE_PORT),
    });
    const objects = [...idle, ...(policies > 0 ? [sentinel] : [])];
    if (objects.length === 0) return;
    await kubectl.create(objects, { signal });
    const check = async (): Promise<boolean> => {
      const running = await kubectl.list(
        ["pods", "-n", namespace, "-l", OBJECT_LABEL, "--field-selector", "status.phase=Running"],
        { signal },
      );
      return running.length === objects.length;
    };
    const explain = (): Promise<string> => explainPods(kubectl, namespace, ["-l", OBJECT_LABEL]);
    await waitUntil(`not all ${objects.length} background pods started`, check, {
      timeout,
      signal,
      clock: kubectl.clock,
      explain,
    });
    if (policies > 0) await this.#waitForSentinel("open", client, timeout, signal);
  }

  async #createServices(count: number, client: Endpoint, timeout: number, signal: AbortSignal): Promise<void> {
    if (count === 0) return;
    const { kubectl, namespace } = this.#podNamespace;
    const name = (i: number): string => `standing-${i + 1}`;
    // They select the client, which exists on every path: a service without endpoints would cost less.
    const spec = { selector: { [POD_LABEL]: client.name }, ports: [{ port: PROBE_PORT, targetPort: PROBE_PORT }] };
    await kubectl.create(
      Array.from({ length: count }, (_, i) => serviceObject(this.#metadata(name(i)), spec)),
      { signal },
    );
    const service = readService(await kubectl.get(["service", name(count - 1), "-n", namespace], { signal }));
    const last = service.clusterIp ?? "";
    const check = async (): Promise<boolean> => (await probeTcp(client.shell, last, PROBE_PORT, signal)) === "refused";
    await waitUntil(`the last of ${count} background services did not become reachable`, check, {
      timeout,
      signal,
      clock: kubectl.clock,
    });
  }

  /**
   * Each policy allows addresses that do not exist; an additional one allows everything, so that measurements keep
   * working.
   */
  async #createPolicies(count: number, client: Endpoint, timeout: number, signal: AbortSignal): Promise<void> {
    if (count === 0) return;
    const measured = { matchExpressions: [{ key: POD_LABEL, operator: "Exists" }] };
    const policy = (
      name: string,
      podSelector: NetworkPolicySpec["podSelector"],
      ingress: NonNullable<NetworkPolicySpec["ingress"]>,
    ): NetworkPolicy => networkPolicyObject(this.#metadata(name), { podSelector, policyTypes: ["Ingress"], ingress });
    const others = Array.from({ length: count - 1 }, (_, i) =>
      policy(`standing-${i + 1}`, measured, [{ from: [{ ipBlock: { cidr: `${addressAt(UNUSED_RANGE, i)}/32` } }] }]),
    );
    await this.#podNamespace.kubectl.create(
      [
        policy(ALLOW_ALL_POLICY, measured, [{}]),
        ...others,
        policy(SENTINEL_NAME, { matchLabels: { [OBJECT_LABEL]: SENTINEL_NAME } }, []),
      ],
      { signal },
    );
    await this.#waitForSentinel("closed", client, timeout, signal);
  }

  /** The last policy isolates the sentinel: once it is closed, the policies created before are effective too. */
  async #waitForSentinel(
    state: "open" | "closed",
    client: Endpoint,
    timeout: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { kubectl, namespace } = this.#podNamespace;
    const { ip } = readPod(await kubectl.get(["pod", SENTINEL_NAME, "-n", namespace], { signal }));
    const check = async (): Promise<boolean> =>
      ((await probeTcp(client.shell, ip ?? "", PROBE_PORT, signal)) === "open") === (state === "open");
    const failure =
      state === "open"
        ? "the sentinel pod of the background policies did not become reachable"
        : "the last background policy did not take effect";
    await waitUntil(failure, check, { timeout, inARow: REQUIRED_AGREEING_PROBES, signal, clock: kubectl.clock });
  }

  #metadata(name: string): NamespacedObject["metadata"] {
    return { name, namespace: this.#podNamespace.namespace, labels: { [OBJECT_LABEL]: name } };
  }
}

/** Returns the timeout for the given number of objects, in seconds. */
function effectTimeout(count: number): number {
  return EFFECT_TIMEOUT_S.base + EFFECT_TIMEOUT_S.perObject * count;
}

function isSameLoad(a: BackgroundObjects, b: BackgroundObjects): boolean {
  return a.services === b.services && a.policies === b.policies && a.pods === b.pods;
}
