/** Waits until an installed plugin is ready, step by step, each with a timeout and a reason for the failure. */
import type { Host } from "../../core/host.ts";
import type { Node } from "../../core/model.ts";
import { succeeded } from "../../core/shell.ts";
import { waitUntil } from "../../core/wait.ts";
import { explainPods, throwIfPodsCannotStart } from "../pod-diagnosis.ts";
import { nameOf, podSelector, readNode, readPod, readRollout } from "../read.ts";
import type { Kubectl } from "../client.ts";
import type { Workload } from "../api-types.ts";

/** Seconds for each step, including the first pull of a plugin's images. */
const ROLLOUT_TIMEOUT_S = 300;
/** Seconds for a running daemon to write its files. */
const FILES_TIMEOUT_S = 60;
/** Time limit for finding one file, so that a node that hangs once does not use up the time of all files. */
const FIND_TIMEOUT_S = 5;
/** What to do about an image that is not available to the nodes. */
const IMAGE_FIX = "add it to the archive for --images (docker save), or use a mirror: --registry-mirror HOST:PORT";

/**
 * Waits until a workload is rolled out.
 * @throws EnvironmentError with events and logs of the pods that are not ready
 */
export async function waitForRollout(
  kubectl: Kubectl,
  { kind, namespace, name }: Workload,
  signal: AbortSignal,
): Promise<void> {
  const check = async (): Promise<boolean> => {
    const object = await kubectl.get([kind, name, "-n", namespace], { signal });
    const { observed, wanted, updated, available } = readRollout(kind, object);
    // A DaemonSet without pods: no node has been matched yet.
    const hasPods = kind === "deployment" || wanted > 0;
    if (observed && hasPods && updated === wanted && available === wanted) return true;
    const pods = await kubectl.list(["pods", "-n", namespace, "-l", podSelector(object)], { signal });
    throwIfPodsCannotStart(pods.map(readPod), IMAGE_FIX);
    return false;
  };
  const explain = async (): Promise<string> =>
    explainPods(kubectl, namespace, ["-l", podSelector(await kubectl.get([kind, name, "-n", namespace]))]);
  await waitUntil(`${kind} ${name} of namespace ${namespace} was not rolled out`, check, {
    timeout: ROLLOUT_TIMEOUT_S,
    signal,
    clock: kubectl.clock,
    explain,
  });
}

/** Waits until all nodes are ready. @throws EnvironmentError that names the other nodes and their reasons */
export async function waitForReadyNodes(kubectl: Kubectl, signal: AbortSignal): Promise<void> {
  const unready = async (): Promise<string[]> => {
    const nodes = await kubectl.list(["nodes"], { signal });
    return nodes
      .map(readNode)
      .filter(({ ready }) => !ready)
      .map(({ name, readyMessage }) => `node ${name} is not ready: ${readyMessage ?? "no reason given"}`);
  };
  await waitUntil("not every node became ready", async () => (await unready()).length === 0, {
    timeout: ROLLOUT_TIMEOUT_S,
    signal,
    clock: kubectl.clock,
    explain: async () => (await unready()).join("\n"),
  });
}

/** Waits for the cluster's name server, if it has a Deployment with the usual label. */
export async function waitForNameServer(kubectl: Kubectl, signal: AbortSignal): Promise<void> {
  const [deployment] = await kubectl.list(["deployments", "-n", "kube-system", "-l", "k8s-app=kube-dns"], { signal });
  const name = nameOf(deployment);
  if (name !== "") await waitForRollout(kubectl, { kind: "deployment", namespace: "kube-system", name }, signal);
}

/**
 * Waits for files on the nodes, because a daemon may write them after its DaemonSet counts as rolled out.
 * @param root directory at which the node shells see the files of the node
 * @throws EnvironmentError that names the file and the node
 */
export async function waitForNodeFiles(
  { signal, clock }: Pick<Host, "signal" | "clock">,
  {
    nodes,
    files,
    root = "",
  }: { readonly nodes: readonly Node[]; readonly files: readonly string[]; readonly root?: string },
): Promise<void> {
  const missing = async (): Promise<string | null> => {
    for (const node of nodes) {
      for (const file of files) {
        const found = await node.shell.exec(["test", "-e", `${root}${file}`], { timeout: FIND_TIMEOUT_S, signal });
        if (!succeeded(found)) return `${node.name} has no ${file}`;
      }
    }
    return null;
  };
  const explain = async (): Promise<string> =>
    `${await missing()}, although the plugin reports that it is ready; see the logs of its pods`;
  await waitUntil("not every node has the plugin's files", async () => (await missing()) === null, {
    timeout: FILES_TIMEOUT_S,
    signal,
    clock,
    explain,
  });
}
