/** Puts a plugin on a cluster with Kubernetes and waits until it is ready, up to where pods can be made. */
import type { KubernetesCluster } from "../clusters/cluster.ts";
import { filesThere, nameServerReady, nodesReady, rolledOut } from "../clusters/kubernetes/ready.ts";
import { installChart } from "../clusters/kubernetes/helm.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { KubernetesContext, KubernetesRecipe } from "../plugins/plugin.ts";
import type { Assets } from "./assets.ts";

/** Where programs of plugins lie on every node of Kubernetes. */
export const NODE_PROGRAMS = "/opt/cni/bin";

/** @throws EnvironmentError with the events and last log lines of what does not get ready. */
export async function installPlugin({ plugin, binaries }: Assets, cluster: KubernetesCluster, signal: AbortSignal): Promise<void> {
  const { kubectl, nodes } = cluster;
  const recipe = plugin.kubernetes;
  if (recipe === undefined) throw new EnvironmentError(`${plugin.name} cannot be deployed on Kubernetes; use --cluster netns`);
  if (cluster.installsPlugin) {
    const programs = binaries.map(({ name, file }) => ({ path: `${NODE_PROGRAMS}/${name}`, mode: 0o755, source: { file } }));
    if (programs.length > 0) await Promise.all(nodes.map((node) => cluster.putFiles(node, programs)));
    await apply(recipe, cluster, signal);
  }
  for (const workload of recipe.workloads) await rolledOut(kubectl, workload, signal);
  await nodesReady(kubectl, signal);
  await filesThere(nodes, recipe.nodeFiles);
  await nameServerReady(kubectl, signal);
}

export function kubernetesContext({ podCidr, nodes, loadImage, apiServer, facts }: KubernetesCluster): KubernetesContext {
  return { clusterCidr: podCidr, nodes: nodes.length, loadImage, apiServer, underlayMtu: facts.underlayMtu };
}

async function apply({ install }: KubernetesRecipe, cluster: KubernetesCluster, signal: AbortSignal): Promise<void> {
  const installation = install?.(kubernetesContext(cluster));
  if (installation === undefined) return;
  if ("manifests" in installation) return cluster.kubectl.apply(installation.manifests, { signal });
  await installChart(cluster.kubectl, installation.chart, signal);
}
