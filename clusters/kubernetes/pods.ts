/** Pods that the API makes: measured ends whose shells are agents that `kubectl exec` carries. */
import type { CarriedAgent } from "../../core/agent/start.ts";
import { at, numberAt, stringAt, tryParse } from "../../core/json.ts";
import { EnvironmentError } from "../../core/errors.ts";
import type { Endpoint, Node } from "../../core/model.ts";
import { inParallel } from "../../core/parallel.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../core/pod-security.ts";
import { run, type Shell } from "../../core/shell.ts";
import { explainPods } from "./explain.ts";
import { expectHope } from "./hope.ts";
import type { Kubectl } from "./kubectl.ts";

/** Name of the one container. */
const CONTAINER = "load";
/** Label whose value is the pod's name: what services find it by. */
export const POD_LABEL = "cnibench.dev/pod";
/** Seconds for pods to run, and that each adds to it: their image is there already. */
const RUNNING_LIMIT = { all: 120, each: 0.5 } as const;
/** Pods that are entered at a time: each takes a start of kubectl. */
const DOORS = 8;
const ENV = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/tmp",
  LC_ALL: "C",
} as const;
/** Seconds after which Kubernetes ends a pod, also when cnibench is not there any more: longer than any deployment. */
const LIFETIME = 6 * 3600;
/** What to do about an image that the nodes cannot have. */
const IMAGE_FIX = "give one that the nodes can pull with --load-image, or a mirror with --registry-mirror";

export interface PodWish {
  readonly name: string;
  readonly node: Node;
  /** In the network namespace of its node. */
  readonly hostNetwork: boolean;
}

export interface KubernetesPod {
  readonly endpoint: Endpoint;
  /** Command that enters it from a terminal; what follows it runs there. */
  readonly enter: readonly string[];
  readonly running: CarriedAgent;
}

/** A namespace for pods, on nodes that have the image. */
export interface PodHome {
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
  readonly enter: readonly string[];
  readonly running: CarriedAgent;
}

/**
 * Makes pods, all with one call, and waits until every one runs: the number of calls does not grow with the pods, but for
 * one connection into each.
 * @throws EnvironmentError with the events and last words of those that do not run.
 */
export async function createPods(
  home: PodHome,
  wishes: readonly PodWish[],
  signal: AbortSignal,
): Promise<readonly KubernetesPod[]> {
  const started = await startPods(
    home,
    wishes.map(({ node, ...wish }) => ({ ...wish, nodeName: node.name })),
    signal,
  );
  return Promise.all(
    wishes.map(async ({ node }, i): Promise<KubernetesPod> => {
      const pod = started[i];
      if (pod === undefined) throw new Error("fewer pods were started than were asked for");
      const { name, ip, enter, running } = pod;
      return {
        endpoint: { name, node, ip, ...(await linkOf(running.agent, name, ip)), shell: running.agent },
        enter,
        running,
      };
    }),
  );
}

/** The same for pods that are no ends of a measurement. */
export async function startPods(
  home: PodHome,
  wishes: readonly NamedWish[],
  signal: AbortSignal,
): Promise<readonly StartedPod[]> {
  await home.kubectl.create(
    wishes.map((wish) => podObject(home, wish)),
    { signal },
  );
  return enterPods(
    home.kubectl,
    wishes.map(({ name }) => ({ namespace: home.namespace, name })),
    signal,
  );
}

interface NamedWish {
  readonly name: string;
  readonly nodeName: string;
  readonly hostNetwork: boolean;
}

/** Waits until pods that were made run, and connects to each. In their order. @throws EnvironmentError, as above. */
export async function enterPods(
  kubectl: Kubectl,
  pods: readonly PodName[],
  signal: AbortSignal,
): Promise<readonly StartedPod[]> {
  return inParallel(await awaitPods(kubectl, pods, signal), DOORS, async (pod): Promise<StartedPod> => {
    signal.throwIfAborted();
    const { namespace, name } = pod;
    return {
      ...pod,
      enter: kubectl.command("exec", "-it", "-n", namespace, name, "--"),
      running: await kubectl.agent(namespace, name, ENV),
    };
  });
}

/** Waits until pods that were made run. In their order. @throws EnvironmentError, as above. */
export async function awaitPods(
  kubectl: Kubectl,
  pods: readonly PodName[],
  signal: AbortSignal,
): Promise<readonly (PodName & { readonly ip: string })[]> {
  const addresses = new Map<string, ReadonlyMap<string, string>>();
  for (const namespace of new Set(pods.map((pod) => pod.namespace))) {
    const names = pods.filter((pod) => pod.namespace === namespace).map(({ name }) => name);
    addresses.set(namespace, await runningPods(kubectl, namespace, new Set(names), signal));
  }
  return pods.map(({ namespace, name }) => ({ namespace, name, ip: addresses.get(namespace)?.get(name) ?? "" }));
}

/** One as the API takes it. Pure. */
export function podObject(
  { namespace, image }: Pick<PodHome, "namespace" | "image">,
  { name, nodeName, hostNetwork }: NamedWish,
): object {
  // In the network of a node it is root's: that network's own settings say who else may ping.
  const [ofPod, ofContainer] = hostNetwork
    ? [{}, {}]
    : [{ securityContext: RESTRICTED_POD }, { securityContext: RESTRICTED_CONTAINER }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { [POD_LABEL]: name } },
    spec: {
      nodeName,
      hostNetwork,
      ...ofPod,
      // Also on nodes that wait for a network, and on those that run the control plane.
      tolerations: [{ operator: "Exists" }],
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: LIFETIME,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        { name: CONTAINER, image, imagePullPolicy: "IfNotPresent", command: ["sleep", "infinity"], ...ofContainer },
      ],
    },
  };
}

/** @returns name -> address */
async function runningPods(
  kubectl: Kubectl,
  namespace: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const look = async (): Promise<ReadonlyMap<string, string> | null> => {
    const pods = await kubectl.list(["pods", "-n", namespace], { signal });
    const ours = pods.filter((pod) => names.has(stringAt(pod, "metadata", "name") ?? ""));
    for (const pod of ours) expectHope(pod, IMAGE_FIX);
    const running = ours.filter(
      (pod) => stringAt(pod, "status", "phase") === "Running" && stringAt(pod, "status", "podIP") !== null,
    );
    if (running.length < names.size) return null;
    return new Map(
      running.map((pod) => [stringAt(pod, "metadata", "name") ?? "", stringAt(pod, "status", "podIP") ?? ""]),
    );
  };
  const explain = (): Promise<string> => explainPods(kubectl, namespace, []);
  return kubectl.until(`pods of namespace ${namespace} did not run`, look, {
    limit: RUNNING_LIMIT.all + RUNNING_LIMIT.each * names.size,
    signal,
    explain,
  });
}

/** The interface that carries an address, and its MTU in bytes. */
export async function linkOf(
  shell: Shell,
  name: string,
  ip: string,
): Promise<{ readonly ifName: string; readonly mtu: number }> {
  const links = tryParse(await run(shell, ["ip", "-j", "address", "show"]));
  for (const link of Array.isArray(links) ? (links as unknown[]) : []) {
    const addresses = at(link, "addr_info");
    const carries =
      Array.isArray(addresses) && (addresses as unknown[]).some((address) => stringAt(address, "local") === ip);
    const [ifName, mtu] = [stringAt(link, "ifname"), numberAt(link, "mtu")];
    if (carries && ifName !== null && mtu !== null) return { ifName, mtu };
  }
  throw new EnvironmentError(
    `no interface of pod ${name} carries its address ${ip}; the plugin told Kubernetes another one than it set`,
  );
}
