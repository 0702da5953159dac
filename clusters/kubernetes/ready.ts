/** When a plugin is ready: every step of the way to it, each with a time limit and a reason. */
import { valueAt, numberAt, stringAt } from "../../core/json.ts";
import type { Node } from "../../core/model.ts";
import { succeeded } from "../../core/shell.ts";
import { explainPods } from "./explain-pods.ts";
import { throwIfPodsCannotStart } from "./pod-failures.ts";
import type { Kubectl } from "./kubectl.ts";

/** Seconds for each step: a first pull of a plugin's images is part of it. */
const ROLLOUT_TIMEOUT_S = 300;
/** Seconds for a daemon that runs to write its files. */
const FILES_TIMEOUT_S = 60;
/** What to do about an image that the nodes cannot have. */
const IMAGE_FIX =
  "put it into an archive for --images (docker save), or name a mirror with --registry-mirror HOST:PORT";

/** A daemonset or deployment that must have been rolled out. */
export interface Workload {
  readonly kind: "daemonset" | "deployment";
  readonly namespace: string;
  readonly name: string;
}

/** @throws EnvironmentError with events and last log lines of the pods that are not ready. */
export async function waitForRollout(
  kubectl: Kubectl,
  { kind, namespace, name }: Workload,
  signal: AbortSignal,
): Promise<void> {
  const check = async (): Promise<true | null> => {
    const object = await kubectl.get([kind, name, "-n", namespace], { signal });
    const observed =
      (numberAt(object, "status", "observedGeneration") ?? 0) >= (numberAt(object, "metadata", "generation") ?? 1);
    if (observed && (kind === "daemonset" ? isDaemonSetReady(object) : isDeploymentReady(object))) return true;
    for (const pod of await kubectl.list(["pods", "-n", namespace, "-l", podSelector(object)], { signal }))
      throwIfPodsCannotStart(pod, IMAGE_FIX);
    return null;
  };
  const explain = async (): Promise<string> =>
    explainPods(kubectl, namespace, ["-l", podSelector(await kubectl.get([kind, name, "-n", namespace]))]);
  await kubectl.waitFor(`${kind} ${name} of namespace ${namespace} was not rolled out`, check, {
    timeout: ROLLOUT_TIMEOUT_S,
    signal,
    explain,
  });
}

function isDaemonSetReady(daemonset: unknown): boolean {
  const [wanted, updated, available] = ["desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable"].map(
    (key) => numberAt(daemonset, "status", key) ?? 0,
  );
  return wanted !== undefined && wanted > 0 && updated === wanted && available === wanted;
}

function isDeploymentReady(deployment: unknown): boolean {
  const wanted = numberAt(deployment, "spec", "replicas") ?? 1;
  const [updated, available] = ["updatedReplicas", "availableReplicas"].map(
    (key) => numberAt(deployment, "status", key) ?? 0,
  );
  return updated === wanted && available === wanted;
}

/** Labels of the pods of a daemonset or deployment, as kubectl takes them. */
export function podSelector(workload: unknown): string {
  const labels = valueAt(workload, "spec", "selector", "matchLabels");
  return Object.entries(typeof labels === "object" && labels !== null ? labels : {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",");
}

/** @throws EnvironmentError that names the nodes that are not ready, with the reason that they give. */
export async function waitForReadyNodes(kubectl: Kubectl, signal: AbortSignal): Promise<void> {
  const unready = async (): Promise<string[]> => {
    const nodes = await kubectl.list(["nodes"], { signal });
    return nodes.flatMap((node) => {
      const conditions = valueAt(node, "status", "conditions");
      const ready = Array.isArray(conditions)
        ? (conditions as unknown[]).find((one) => stringAt(one, "type") === "Ready")
        : undefined;
      if (stringAt(ready, "status") === "True") return [];
      return [
        `node ${stringAt(node, "metadata", "name") ?? ""} is not ready: ${stringAt(ready, "message") ?? "it has not said why"}`,
      ];
    });
  };
  const check = async (): Promise<true | null> => ((await unready()).length === 0 ? true : null);
  await kubectl.waitFor("not every node got ready", check, {
    timeout: ROLLOUT_TIMEOUT_S,
    signal,
    explain: async () => (await unready()).join("\n"),
  });
}

/** The cluster's name server, where there is one that Kubernetes knows. */
export async function waitForNameServer(kubectl: Kubectl, signal: AbortSignal): Promise<void> {
  const [deployment] = await kubectl.list(["deployments", "-n", "kube-system", "-l", "k8s-app=kube-dns"], { signal });
  const name = stringAt(deployment, "metadata", "name");
  if (name !== null) await waitForRollout(kubectl, { kind: "deployment", namespace: "kube-system", name }, signal);
}

/**
 * Waits for them: a daemon writes some when it has spoken to the API, and counts as rolled out before.
 * @param root folder where the shells of the nodes see their files.
 * @throws EnvironmentError that names the file and the node.
 */
export async function waitForNodeFiles(
  kubectl: Kubectl,
  {
    nodes,
    files,
    root = "",
  }: { readonly nodes: readonly Node[]; readonly files: readonly string[]; readonly root?: string },
  signal: AbortSignal,
): Promise<void> {
  const missing = async (): Promise<string | null> => {
    for (const node of nodes) {
      for (const file of files)
        if (!succeeded(await node.shell.exec(["test", "-e", `${root}${file}`]))) return `${node.name} has no ${file}`;
    }
    return null;
  };
  const check = async (): Promise<true | null> => ((await missing()) === null ? true : null);
  const explain = async (): Promise<string> =>
    `${await missing()}, though the plugin says that it is ready; see the logs of its pods`;
  await kubectl.waitFor("not every node got the files of the plugin", check, {
    timeout: FILES_TIMEOUT_S,
    signal,
    explain,
  });
}
