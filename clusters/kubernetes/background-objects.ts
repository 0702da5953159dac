/** Services, policies and pods that stand while something else is measured: what a plugin and a service proxy carry along. */
import { stringAt } from "../../core/json.ts";
import type { Endpoint, BackgroundObjects } from "../../core/model.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../core/pod-security.ts";
import { probeTcp, listenCommand } from "./tcp-probe.ts";
import { explainPods } from "./explain-pods.ts";
import { POD_LABEL, type PodNamespace } from "./pods.ts";

/** On all of them: what they are removed by. */
const OBJECT_LABEL = "cnibench.dev/standing";
/** Seconds until they are there and have their effect, or are gone, and what each adds to it: older kubectl makes five a second. */
const EFFECT_TIMEOUT_S = { base: 120, perObject: 0.5 } as const;
const POD_LIFETIME_S = 6 * 3600;
/** Nobody listens there on measured pods. */
const PORT = 30302;
const SENTINEL_NAME = "standing-sentinel";
/** Lets in everything. The last by name of those that select the same pods: some plugins try them in that order, and the first that allows ends it. */
const ALLOW_ALL_POLICY = "standing-open";
/** Looks in a row that must agree. */
const REQUIRED_AGREEING_PROBES = 3;

export class BackgroundObjectScaler {
  readonly #podNamespace: PodNamespace;
  readonly #nodes: readonly string[];
  #current: BackgroundObjects | null = { services: 0, policies: 0, pods: 0 };
  /** Objects that may be there. */
  #count = 0;

  /** @param nodes names of those that pods are spread over */
  constructor(home: PodNamespace, nodes: readonly string[]) {
    this.#podNamespace = home;
    this.#nodes = nodes;
  }

  /**
   * Makes what stands be so much, and waits until the last of it has its effect.
   * @param clientPod gives the pod whose way that is seen on
   * @throws EnvironmentError when it has none in its time
   */
  async scaleTo(load: BackgroundObjects, clientPod: () => Promise<Endpoint>, signal: AbortSignal): Promise<void> {
    if (this.#current !== null && isSameLoad(this.#current, load)) return;
    const client = await clientPod();
    const { kubectl, namespace } = this.#podNamespace;
    this.#current = null; // until it stands
    await kubectl.run(["delete", "services,networkpolicies,pods", "-l", OBJECT_LABEL, "-n", namespace], {
      signal,
      timeout: effectLimit(this.#count),
    });
    this.#count = load.services + load.policies + load.pods;
    const limit = effectLimit(this.#count);
    await this.#createPods(load, client, limit, signal);
    await this.#createServices(load.services, client, limit, signal);
    await this.#createPolicies(load.policies, client, limit, signal);
    this.#current = load;
  }

  async #createPods(
    { pods, policies }: BackgroundObjects,
    client: Endpoint,
    limit: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { kubectl, namespace } = this.#podNamespace;
    const idle = Array.from({ length: pods }, (_, i) =>
      this.#podObject(`standing-${i + 1}`, this.#nodes[i % this.#nodes.length] ?? "", ["sleep", "infinity"]),
    );
    const objects = [
      ...idle,
      ...(policies > 0 ? [this.#podObject(SENTINEL_NAME, this.#nodes.at(-1) ?? "", listenCommand(PORT))] : []),
    ];
    if (objects.length === 0) return;
    await kubectl.create(objects, { signal });
    const look = async (): Promise<true | null> => {
      const running = await kubectl.list(
        ["pods", "-n", namespace, "-l", OBJECT_LABEL, "--field-selector", "status.phase=Running"],
        { signal },
      );
      return running.length === objects.length ? true : null;
    };
    const explain = (): Promise<string> => explainPods(kubectl, namespace, ["-l", OBJECT_LABEL]);
    await kubectl.waitFor(`not all of ${objects.length} standing pods ran`, look, { timeout: limit, signal, explain });
    if (policies > 0) await this.#waitForSentinel("open", client, limit, signal);
  }

  async #createServices(count: number, client: Endpoint, limit: number, signal: AbortSignal): Promise<void> {
    if (count === 0) return;
    const { kubectl, namespace } = this.#podNamespace;
    const name = (i: number): string => `standing-${i + 1}`;
    // In front of the client, which is there on every path: a service without a pod costs less.
    const spec = { selector: { [POD_LABEL]: client.name }, ports: [{ port: PORT, targetPort: PORT }] };
    await kubectl.create(
      Array.from({ length: count }, (_, i) => ({
        apiVersion: "v1",
        kind: "Service",
        metadata: this.#metadata(name(i)),
        spec,
      })),
      { signal },
    );
    const last =
      stringAt(await kubectl.get(["service", name(count - 1), "-n", namespace], { signal }), "spec", "clusterIP") ?? "";
    const look = async (): Promise<true | null> =>
      (await probeTcp(client.shell, last, PORT, signal)) === "refused" ? true : null;
    await kubectl.waitFor(`the last of ${count} standing services led nowhere`, look, { timeout: limit, signal });
  }

  /** Each lets in addresses that nobody has; one more lets in everything, so that what is measured goes on. */
  async #createPolicies(count: number, client: Endpoint, limit: number, signal: AbortSignal): Promise<void> {
    if (count === 0) return;
    const measured = { matchExpressions: [{ key: POD_LABEL, operator: "Exists" }] };
    const policy = (name: string, podSelector: object, ingress: readonly object[]): object => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: this.#metadata(name),
      spec: { podSelector, policyTypes: ["Ingress"], ingress },
    });
    // 198.18.0.0/15 is for benchmarks (RFC 2544): no pod has such an address.
    const others = Array.from({ length: count - 1 }, (_, i) =>
      policy(`standing-${i + 1}`, measured, [{ from: [{ ipBlock: { cidr: `198.18.${i >> 8}.${i & 255}/32` } }] }]),
    );
    await this.#podNamespace.kubectl.create(
      [
        policy(ALLOW_ALL_POLICY, measured, [{}]),
        ...others,
        policy(SENTINEL_NAME, { matchLabels: { [OBJECT_LABEL]: SENTINEL_NAME } }, []),
      ],
      { signal },
    );
    await this.#waitForSentinel("closed", client, limit, signal);
  }

  /** The last policy is about one pod: when that is closed the others, which were made before, are there too. */
  async #waitForSentinel(
    state: "open" | "closed",
    client: Endpoint,
    limit: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { kubectl, namespace } = this.#podNamespace;
    const ip =
      stringAt(await kubectl.get(["pod", SENTINEL_NAME, "-n", namespace], { signal }), "status", "podIP") ?? "";
    let agreeing = 0;
    const look = async (): Promise<true | null> => {
      const open = (await probeTcp(client.shell, ip, PORT, signal)) === "open";
      agreeing = open === (state === "open") ? agreeing + 1 : 0;
      return agreeing === REQUIRED_AGREEING_PROBES ? true : null;
    };
    await kubectl.waitFor(`the pod behind the standing policies did not get ${state}`, look, {
      timeout: limit,
      signal,
    });
  }

  #metadata(name: string): object {
    return { name, namespace: this.#podNamespace.namespace, labels: { [OBJECT_LABEL]: name } };
  }

  #podObject(name: string, nodeName: string, command: readonly string[]): object {
    const container = {
      name: "standing",
      image: this.#podNamespace.image,
      imagePullPolicy: "IfNotPresent",
      command,
      securityContext: RESTRICTED_CONTAINER,
    };
    const lifecycle = {
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: POD_LIFETIME_S,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    };
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: this.#metadata(name),
      spec: {
        nodeName,
        securityContext: RESTRICTED_POD,
        tolerations: [{ operator: "Exists" }],
        ...lifecycle,
        containers: [container],
      },
    };
  }
}

/** Seconds. */
function effectLimit(count: number): number {
  return EFFECT_TIMEOUT_S.base + EFFECT_TIMEOUT_S.perObject * count;
}

function isSameLoad(a: BackgroundObjects, b: BackgroundObjects): boolean {
  return a.services === b.services && a.policies === b.policies && a.pods === b.pods;
}
