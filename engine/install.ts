/** Puts a plugin on a cluster with Kubernetes and waits until it is ready, up to where pods can be made. */
import type { KubernetesCluster } from "../clusters/cluster.ts";
import {
  waitForNodeFiles,
  waitForNameServer,
  waitForReadyNodes,
  waitForRollout,
} from "../clusters/kubernetes/ready.ts";
import { installChart } from "../clusters/kubernetes/helm.ts";
import { patchManifest, fetchManifest } from "../clusters/kubernetes/manifest.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { ManifestChanges } from "../core/installation.ts";
import type { Installation, KubernetesContext, Plugin } from "../plugins/plugin.ts";
import type { Assets } from "./assets.ts";

/** Where programs of plugins lie on every node of Kubernetes. */
export const NODE_PLUGIN_DIR = "/opt/cni/bin";

/** @throws EnvironmentError with the events and last log lines of what does not get ready. */
export async function installPlugin(
  { plugin, binaries }: Assets,
  cluster: KubernetesCluster,
  signal: AbortSignal,
): Promise<void> {
  const { kubectl, nodes } = cluster;
  const recipe = plugin.kubernetes;
  if (recipe === undefined)
    throw new EnvironmentError(`${plugin.name} cannot be deployed on Kubernetes; use --cluster netns`);
  if (!cluster.installsPlugin) return; // it works already, and not all of its nodes need be ready
  const programs = binaries.map(({ name, file }) => ({
    path: `${NODE_PLUGIN_DIR}/${name}`,
    mode: 0o755,
    source: { file },
  }));
  if (programs.length > 0) await Promise.all(nodes.map((node) => cluster.putFiles(node, programs)));
  await applyInstallation(plugin, cluster, signal);
  for (const workload of recipe.workloads) await waitForRollout(kubectl, workload, signal);
  await waitForReadyNodes(kubectl, signal);
  await waitForNodeFiles(kubectl, { nodes, files: recipe.nodeFiles, root: cluster.nodeRoot }, signal);
  await waitForNameServer(kubectl, signal);
}

export function kubernetesContext({
  podCidr,
  nodes,
  loadImage,
  apiServer,
  pullsByDigest: byDigest,
  facts,
}: KubernetesCluster): KubernetesContext {
  return { clusterCidr: podCidr, nodes: nodes.length, loadImage, apiServer, byDigest, underlayMtu: facts.underlayMtu };
}

async function applyInstallation(plugin: Plugin, cluster: KubernetesCluster, signal: AbortSignal): Promise<void> {
  const installation = await installationOf(plugin, kubernetesContext(cluster));
  if (installation === null) return;
  if ("chart" in installation) return installChart(cluster.kubectl, installation.chart, signal);
  await cluster.kubectl.apply(installation.manifests, { signal });
}

/** What the API or helm is given; null: the kind of cluster brings the plugin along. */
export async function installationOf(
  plugin: Plugin,
  context: KubernetesContext,
): Promise<Exclude<Installation, { changes: unknown }> | null> {
  const installation = plugin.kubernetes?.install?.(context);
  if (installation === undefined) return null;
  return "changes" in installation ? { manifests: await changedManifest(plugin, installation.changes) } : installation;
}

async function changedManifest({ name, kubernetes }: Plugin, changes: ManifestChanges): Promise<string> {
  if (kubernetes?.manifest === undefined)
    throw new Error(`the recipe of ${name} changes a manifest that it does not name`);
  return patchManifest(await fetchManifest(name, kubernetes.manifest), changes);
}
