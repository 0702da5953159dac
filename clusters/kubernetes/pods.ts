/** Pods that the API makes: measured ends whose shells are agents that `kubectl exec` carries. */
import { at, numberAt, stringAt, tryParse } from "../../core/json.ts";
import { EnvironmentError, printable } from "../../core/errors.ts";
import type { Endpoint, Node } from "../../core/model.ts";
import { run, type Shell } from "../../core/shell.ts";
import { explainPods } from "./explain.ts";
import type { Kubectl, PodAgent } from "./kubectl.ts";

/** Name of the one container. */
const CONTAINER = "load";
/** Label whose value is the pod's name: what services find it by. */
export const POD_LABEL = "cnibench.dev/pod";
/** Seconds for pods to run: their image is there already. */
const RUNNING_LIMIT = 120;
const ENV = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/tmp", LC_ALL: "C" } as const;
/** Reasons for waiting that no time heals. */
const HOPELESS = new Set(["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError"]);

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
  readonly running: PodAgent;
}

/** A namespace for pods, on nodes that have the image. */
export interface PodHome {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly image: string;
  /** Whether its pods may set sysctls of their own. */
  readonly privileged: boolean;
}

/**
 * Makes pods, all with one call, and waits until every one runs: the number of calls does not grow with the pods, but for
 * one connection into each.
 * @throws EnvironmentError with the events and last words of those that do not run.
 */
export async function createPods(home: PodHome, wishes: readonly PodWish[], signal: AbortSignal): Promise<readonly KubernetesPod[]> {
  const { kubectl, namespace } = home;
  await kubectl.create(wishes.map((wish) => podObject(home, wish)), { signal });
  const addresses = await runningPods(home, wishes, signal);
  return Promise.all(
    wishes.map(async ({ name, node }): Promise<KubernetesPod> => {
      const running = await kubectl.agent(namespace, name, ENV);
      const ip = addresses.get(name) ?? "";
      const link = await linkOf(running.agent, name, ip);
      const enter = kubectl.command("exec", "-it", "-n", namespace, name, "--");
      return { endpoint: { name, node, ip, ...link, shell: running.agent }, enter, running };
    }),
  );
}

function podObject({ namespace, image, privileged }: PodHome, { name, node, hostNetwork }: PodWish): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { [POD_LABEL]: name } },
    spec: {
      nodeName: node.name,
      hostNetwork,
      // Also on nodes that wait for a network, and on those that run the control plane.
      tolerations: [{ operator: "Exists" }],
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [{ name: CONTAINER, image, imagePullPolicy: "IfNotPresent", command: ["sleep", "infinity"], ...(privileged ? { securityContext: { privileged } } : {}) }],
    },
  };
}

/** @returns name -> address */
async function runningPods({ kubectl, namespace }: PodHome, wishes: readonly PodWish[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const names = new Set(wishes.map(({ name }) => name));
  const look = async (): Promise<ReadonlyMap<string, string> | null> => {
    const pods = await kubectl.list(["pods", "-n", namespace, "-l", POD_LABEL], { signal });
    const ours = pods.filter((pod) => names.has(stringAt(pod, "metadata", "name") ?? ""));
    for (const pod of ours) expectHope(pod);
    const running = ours.filter((pod) => stringAt(pod, "status", "phase") === "Running" && stringAt(pod, "status", "podIP") !== null);
    if (running.length < names.size) return null;
    return new Map(running.map((pod) => [stringAt(pod, "metadata", "name") ?? "", stringAt(pod, "status", "podIP") ?? ""]));
  };
  const explain = (): Promise<string> => explainPods(kubectl, namespace, ["-l", POD_LABEL]);
  return kubectl.until(`pods of namespace ${namespace} did not run`, look, { limit: RUNNING_LIMIT, signal, explain });
}

/** @throws EnvironmentError when a container waits for what will not come. */
function expectHope(pod: unknown): void {
  const statuses = at(pod, "status", "containerStatuses");
  for (const status of Array.isArray(statuses) ? (statuses as unknown[]) : []) {
    const reason = stringAt(status, "state", "waiting", "reason") ?? "";
    if (!HOPELESS.has(reason)) continue;
    const message = printable(stringAt(status, "state", "waiting", "message") ?? "").slice(0, 300);
    const image = printable(stringAt(status, "image") ?? "");
    throw new EnvironmentError(`image ${image} cannot be used (${reason}: ${message}); give one that the nodes can pull with --load-image, or a mirror with --registry-mirror`);
  }
}

/** The interface that carries an address. */
async function linkOf(shell: Shell, name: string, ip: string): Promise<{ readonly ifName: string; readonly mtu: number }> {
  const links = tryParse(await run(shell, ["ip", "-j", "address", "show"]));
  for (const link of Array.isArray(links) ? (links as unknown[]) : []) {
    const addresses = at(link, "addr_info");
    const carries = Array.isArray(addresses) && (addresses as unknown[]).some((address) => stringAt(address, "local") === ip);
    const [ifName, mtu] = [stringAt(link, "ifname"), numberAt(link, "mtu")];
    if (carries && ifName !== null && mtu !== null) return { ifName, mtu };
  }
  throw new EnvironmentError(`no interface of pod ${name} carries its address ${ip}; the plugin told Kubernetes another one than it set`);
}
