/**
 * Finds the daemons of a plugin on Kubernetes: the pods of its DaemonSets, whose processes are known by their
 * cgroups.
 */
import type { KubernetesCluster } from "../../../clusters/index.ts";
import type { Node } from "../../../core/model.ts";
import { run } from "../../../core/shell.ts";
import { type PodState, readPod } from "../../../kubernetes/index.ts";
import type { Plugin } from "../../../plugins/index.ts";
import type { NodeDaemons } from "../../../runners/index.ts";
import { processesOfPods } from "../daemon-processes.ts";
import { NO_DAEMONS, type Daemons } from "../live-deployment.ts";

/** Prints the input of {@link processesOfPods}. */
const PROCESSES_SCRIPT = "getconf PAGESIZE; grep -H . /proc/[0-9]*/cgroup 2>/dev/null; :";

/**
 * Returns the daemons of a plugin. They never fail here and need no stop, because Kubernetes restarts and ends them.
 */
export function podDaemons({ kubernetes }: Plugin, { kubectl }: KubernetesCluster, signal: AbortSignal): Daemons {
  const daemonsets = (kubernetes?.workloads ?? []).filter(({ kind }) => kind === "daemonset");
  const podUids = async (node: Node): Promise<string[]> => {
    const lists = daemonsets.map(async ({ namespace, name }) => {
      const argv = ["pods", "-n", namespace, `--field-selector=spec.nodeName=${node.name}`];
      const pods = (await kubectl.list(argv, { signal })).map(readPod);
      return pods.filter((pod) => isOwnedBy(pod, name)).flatMap(({ uid }) => uid ?? []);
    });
    return (await Promise.all(lists)).flat();
  };
  const processesOn = async (node: Node): Promise<NodeDaemons> => {
    const text = await run(node.shell, ["sh", "-c", PROCESSES_SCRIPT], { signal });
    return { node, ...processesOfPods(text, await podUids(node)) };
  };
  return { ...NO_DAEMONS, processes: (nodes) => Promise.all(daemonsets.length === 0 ? [] : nodes.map(processesOn)) };
}

function isOwnedBy({ owners }: PodState, daemonset: string): boolean {
  return owners.some(({ kind, name }) => kind === "DaemonSet" && name === daemonset);
}
