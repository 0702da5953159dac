/** Pods that the API makes: measured ends whose shells are agents that `kubectl exec` carries. */
import type { StartedAgent } from "../../core/agent/start.ts";
import { valueAt, numberAt, stringAt, tryParse } from "../../core/json.ts";
import { EnvironmentError } from "../../core/errors.ts";
import type { Endpoint, Node } from "../../core/model.ts";
import { inParallel } from "../../core/parallel.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../core/pod-security.ts";
import { run, type Shell } from "../../core/shell.ts";
import { explainPods } from "./explain-pods.ts";
import { throwIfPodsCannotStart } from "./pod-failures.ts";
import type { Kubectl } from "./kubectl.ts";

/** Name of the one container. */
const CONTAINER_NAME = "load";
/** Label whose value is the pod's name: what services find it by. */
export const POD_LABEL = "cnibench.dev/pod";
/** Seconds for pods to run, and that each adds to it: their image is there already. */
const RUNNING_TIMEOUT_S = { base: 120, perPod: 0.5 } as const;
/** Pods that are entered at a time: each takes a start of kubectl. */
const MAX_CONCURRENT_CONNECTIONS = 8;
const POD_ENV_VARS = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/tmp",
  LC_ALL: "C",
} as const;
/** Seconds after which Kubernetes ends a pod, also when cnibench is not there any more: longer than any deployment. */
const POD_LIFETIME_S = 6 * 3600;
/** What to do about an image that the nodes cannot have. */
const IMAGE_FIX = "give one that the nodes can pull with --load-image, or a mirror with --registry-mirror";

export interface PodRequest {
  readonly name: string;
  readonly node: Node;
  /** In the network namespace of its node. */
  readonly hostNetwork: boolean;
}

export interface KubernetesPod {
  readonly endpoint: Endpoint;
  /** Command that enters it from a terminal; what follows it runs there. */
  readonly enterCommand: readonly string[];
  readonly connection: StartedAgent;
}

/** A namespace for pods, on nodes that have the image. */
export interface PodNamespace {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly image: string;
}

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** A pod that runs, and the way into it. */
export interface StartedPod extends PodName {
  readonly ip: string;
  readonly enterCommand: readonly string[];
  readonly connection: StartedAgent;
}

/**
 * Makes pods, all with one call, and waits until every one runs: the number of calls does not grow with the pods, but for
 * one connection into each.
 * @throws EnvironmentError with the events and last words of those that do not run.
 */
export async function createEndpointPods(
  podNamespace: PodNamespace,
  requests: readonly PodRequest[],
  signal: AbortSignal,
): Promise<readonly KubernetesPod[]> {
  const started = await startPods(
    podNamespace,
    requests.map(({ node, ...wish }) => ({ ...wish, nodeName: node.name })),
    signal,
  );
  return Promise.all(
    requests.map(async ({ node }, i): Promise<KubernetesPod> => {
      const pod = started[i];
      if (pod === undefined) throw new Error("fewer pods were started than were asked for");
      const { name, ip, enterCommand: enter, connection: running } = pod;
      return {
        endpoint: { name, node, ip, ...(await findInterface(running.agent, name, ip)), shell: running.agent },
        enterCommand: enter,
        connection: running,
      };
    }),
  );
}

/** The same for pods that are no ends of a measurement. */
export async function startPods(
  podNamespace: PodNamespace,
  requests: readonly PodPlacement[],
  signal: AbortSignal,
): Promise<readonly StartedPod[]> {
  await podNamespace.kubectl.create(
    requests.map((wish) => podObject(podNamespace, wish)),
    { signal },
  );
  return connectPods(
    podNamespace.kubectl,
    requests.map(({ name }) => ({ namespace: podNamespace.namespace, name })),
    signal,
  );
}

interface PodPlacement {
  readonly name: string;
  readonly nodeName: string;
  readonly hostNetwork: boolean;
}

/** Waits until pods that were made run, and connects to each. In their order. @throws EnvironmentError, as above. */
export async function connectPods(
  kubectl: Kubectl,
  pods: readonly PodName[],
  signal: AbortSignal,
): Promise<readonly StartedPod[]> {
  return inParallel(
    await waitForPods(kubectl, pods, signal),
    MAX_CONCURRENT_CONNECTIONS,
    async (pod): Promise<StartedPod> => {
      signal.throwIfAborted();
      const { namespace, name } = pod;
      return {
        ...pod,
        enterCommand: kubectl.command("exec", "-it", "-n", namespace, name, "--"),
        connection: await kubectl.startAgent(namespace, name, POD_ENV_VARS),
      };
    },
  );
}

/** Waits until pods that were made run. In their order. @throws EnvironmentError, as above. */
export async function waitForPods(
  kubectl: Kubectl,
  pods: readonly PodName[],
  signal: AbortSignal,
): Promise<readonly (PodName & { readonly ip: string })[]> {
  const addresses = new Map<string, ReadonlyMap<string, string>>();
  for (const namespace of new Set(pods.map((pod) => pod.namespace))) {
    const names = pods.filter((pod) => pod.namespace === namespace).map(({ name }) => name);
    addresses.set(namespace, await waitForRunningPods(kubectl, namespace, new Set(names), signal));
  }
  return pods.map(({ namespace, name }) => ({ namespace, name, ip: addresses.get(namespace)?.get(name) ?? "" }));
}

/** One as the API takes it. Pure. */
export function podObject(
  { namespace, image }: Pick<PodNamespace, "namespace" | "image">,
  { name, nodeName, hostNetwork }: PodPlacement,
): object {
  // In the network of a node it is root's: that network's own settings say who else may ping.
  const [podSecurity, containerSecurity] = hostNetwork
    ? [{}, {}]
    : [{ securityContext: RESTRICTED_POD }, { securityContext: RESTRICTED_CONTAINER }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { [POD_LABEL]: name } },
    spec: {
      nodeName,
      hostNetwork,
      ...podSecurity,
      // Also on nodes that wait for a network, and on those that run the control plane.
      tolerations: [{ operator: "Exists" }],
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: POD_LIFETIME_S,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          name: CONTAINER_NAME,
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["sleep", "infinity"],
          ...containerSecurity,
        },
      ],
    },
  };
}

/** @returns name -> address */
async function waitForRunningPods(
  kubectl: Kubectl,
  namespace: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const check = async (): Promise<ReadonlyMap<string, string> | null> => {
    const pods = await kubectl.list(["pods", "-n", namespace], { signal });
    const requested = pods.filter((pod) => names.has(stringAt(pod, "metadata", "name") ?? ""));
    for (const pod of requested) throwIfPodsCannotStart(pod, IMAGE_FIX);
    const running = requested.filter(
      (pod) => stringAt(pod, "status", "phase") === "Running" && stringAt(pod, "status", "podIP") !== null,
    );
    if (running.length < names.size) return null;
    return new Map(
      running.map((pod) => [stringAt(pod, "metadata", "name") ?? "", stringAt(pod, "status", "podIP") ?? ""]),
    );
  };
  const explain = (): Promise<string> => explainPods(kubectl, namespace, []);
  return kubectl.waitFor(`pods of namespace ${namespace} did not run`, check, {
    timeout: RUNNING_TIMEOUT_S.base + RUNNING_TIMEOUT_S.perPod * names.size,
    signal,
    explain,
  });
}

/** The interface that carries an address, and its MTU in bytes. */
export async function findInterface(
  shell: Shell,
  name: string,
  ip: string,
): Promise<{ readonly ifName: string; readonly mtu: number }> {
  const interfaces = tryParse(await run(shell, ["ip", "-j", "address", "show"]));
  for (const networkInterface of Array.isArray(interfaces) ? (interfaces as unknown[]) : []) {
    const addresses = valueAt(networkInterface, "addr_info");
    const hasAddress =
      Array.isArray(addresses) && (addresses as unknown[]).some((address) => stringAt(address, "local") === ip);
    const [ifName, mtu] = [stringAt(networkInterface, "ifname"), numberAt(networkInterface, "mtu")];
    if (hasAddress && ifName !== null && mtu !== null) return { ifName, mtu };
  }
  throw new EnvironmentError(
    `no interface of pod ${name} carries its address ${ip}; the plugin told Kubernetes another one than it set`,
  );
}
