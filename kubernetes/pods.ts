/** Creates pods through the API and connects to them with agents over `kubectl exec`. */
import type { StartedAgent } from "../core/agent/start-agent.ts";
import { listAt, numberAt, stringAt, tryParse } from "../core/untrusted-json.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { Endpoint, Node } from "../core/model.ts";
import { inParallel } from "../core/parallel.ts";
import { run, type Shell } from "../core/shell.ts";
import { waitUntil } from "../core/wait.ts";
import { explainPods, throwIfPodsCannotStart } from "./pod-diagnosis.ts";
import { readPod } from "./read.ts";
import type { Kubectl } from "./client.ts";
import { podObject, type PodAccess } from "./objects/pod.ts";

/** Label that contains the name of the pod, so that services can select it. */
export const POD_LABEL = "cnibench.dev/pod";
/** Base time limit until all pods run, and additional time per pod. Their image is already on the nodes. */
const RUNNING_TIMEOUT_S = { base: 120, perPod: 0.5 } as const;
/** Maximum number of connections opened at once: each starts a kubectl process. */
const MAX_CONCURRENT_CONNECTIONS = 8;
const POD_ENV_VARS = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/tmp",
  LC_ALL: "C",
} as const;
/** Next step if an image is unavailable to the nodes. */
const IMAGE_FIX = "pass an image that the nodes can pull with --load-image, or a mirror with --registry-mirror";

/** A pod to create as the endpoint of measurements. */
export interface PodRequest {
  readonly name: string;
  readonly node: Node;
  readonly access: PodAccess;
}

/** A running pod that is the endpoint of measurements. */
export interface KubernetesPod {
  readonly endpoint: Endpoint;
  /** Command prefix that runs a command in the pod from a terminal. */
  readonly enterCommand: readonly string[];
  readonly connection: StartedAgent;
}

/** A namespace for pods, and the image that they run. */
export interface PodNamespace {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly image: string;
}

/** Identifies a pod. */
interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** A running pod and the connection to it. */
export interface StartedPod extends PodName {
  readonly ip: string;
  readonly enterCommand: readonly string[];
  readonly connection: StartedAgent;
}

/**
 * Creates endpoint pods with one call and waits until all of them run. Only connecting to them takes one kubectl
 * process per pod.
 * @throws EnvironmentError with the events and logs of the pods that do not run
 */
export async function createEndpointPods(
  podNamespace: PodNamespace,
  requests: readonly PodRequest[],
  signal: AbortSignal,
): Promise<readonly KubernetesPod[]> {
  const placements = requests.map(({ name, node, access }) => ({ name, nodeName: node.name, access }));
  const started = await startPods(podNamespace, placements, signal);
  return Promise.all(
    requests.map(async ({ node }, i): Promise<KubernetesPod> => {
      const pod = started[i];
      if (pod === undefined) throw new Error("fewer pods were started than requested");
      const { name, ip, enterCommand, connection } = pod;
      const { agent } = connection;
      return {
        endpoint: { name, node, ip, ...(await findInterface(agent, name, ip)), shell: agent },
        enterCommand,
        connection,
      };
    }),
  );
}

/** Like {@link createEndpointPods}, for pods that are not endpoints of measurements. */
export async function startPods(
  podNamespace: PodNamespace,
  placements: readonly PodPlacement[],
  signal: AbortSignal,
): Promise<readonly StartedPod[]> {
  const { kubectl, namespace, image } = podNamespace;
  const objects = placements.map((placement) =>
    podObject({ namespace, image, labels: { [POD_LABEL]: placement.name }, ...placement }),
  );
  await kubectl.create(objects, { signal });
  const names = placements.map(({ name }) => ({ namespace, name }));
  return connectPods(kubectl, names, signal);
}

/** A pod to create on the named node. */
interface PodPlacement {
  readonly name: string;
  readonly nodeName: string;
  readonly access: PodAccess;
}

/**
 * Waits until created pods run, and connects to each. Returns them in the given order.
 * @throws EnvironmentError with the events and logs of the pods that do not run
 */
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

/**
 * Waits until created pods run. Returns them in the given order.
 * @throws EnvironmentError with the events and logs of the pods that do not run
 */
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

/** @returns the addresses of the pods by name */
async function waitForRunningPods(
  kubectl: Kubectl,
  namespace: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const check = async (): Promise<ReadonlyMap<string, string> | null> => {
    const pods = (await kubectl.list(["pods", "-n", namespace], { signal })).map(readPod);
    const requested = pods.filter(({ name }) => names.has(name));
    throwIfPodsCannotStart(requested, IMAGE_FIX);
    const running = requested.flatMap(({ name, phase, ip }): [string, string][] =>
      phase === "Running" && ip !== null ? [[name, ip]] : [],
    );
    if (running.length < names.size) return null;
    return new Map(running);
  };
  const explain = (): Promise<string> => explainPods(kubectl, namespace, []);
  return waitUntil(`the pods of namespace ${namespace} did not start`, check, {
    timeout: RUNNING_TIMEOUT_S.base + RUNNING_TIMEOUT_S.perPod * names.size,
    signal,
    clock: kubectl.clock,
    explain,
  });
}

/** Returns the interface with the given address, and its MTU in bytes. */
export async function findInterface(
  shell: Shell,
  name: string,
  ip: string,
): Promise<{ readonly ifName: string; readonly mtu: number }> {
  const interfaces = tryParse(await run(shell, ["ip", "-j", "address", "show"]));
  for (const networkInterface of listAt(interfaces)) {
    const hasAddress = listAt(networkInterface, "addr_info").some((address) => stringAt(address, "local") === ip);
    const [ifName, mtu] = [stringAt(networkInterface, "ifname"), numberAt(networkInterface, "mtu")];
    if (hasAddress && ifName !== null && mtu !== null) return { ifName, mtu };
  }
  throw new EnvironmentError(
    `no interface of pod ${name} has its address ${ip}: the plugin reported an address that it did not configure`,
  );
}
