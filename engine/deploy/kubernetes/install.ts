/** Installs a plugin on a Kubernetes cluster and waits until pods can be created. */
import { type InstallationFacts, type KubernetesCluster, preferredKind } from "../../../clusters/index.ts";
import {
  fetchManifest,
  installChart,
  type ManifestChanges,
  patchManifest,
  waitForNameServer,
  waitForNodeFiles,
  waitForReadyNodes,
  waitForRollout,
} from "../../../kubernetes/index.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import type { Node, NodeFile } from "../../../core/model.ts";
import type { Host } from "../../../core/host.ts";
import { cacheDir } from "../../../tools/index.ts";
import type { Installation, KubernetesContext, Plugin } from "../../../plugins/index.ts";
import type { Assets } from "../../preflight/assets.ts";

/** Directory with the plugin binaries on each Kubernetes node. */
export const NODE_PLUGIN_DIR = "/opt/cni/bin";

/**
 * Installs a plugin, unless the cluster already has it, and waits until it is ready.
 * @throws EnvironmentError with the events and last log lines of the objects that do not become ready
 */
export async function installPlugin(
  host: Host,
  { plugin, binaries }: Assets,
  cluster: KubernetesCluster,
): Promise<void> {
  const { signal } = host;
  const { kubectl, nodes, installation } = cluster;
  const recipe = plugin.kubernetes;
  if (recipe === undefined)
    throw new EnvironmentError(
      `${plugin.name} cannot be deployed on Kubernetes; use --cluster ${preferredKind("bare").name}`,
    );
  if (installation === undefined) return; // the plugin already works; some nodes may not be ready
  const files = binaries.map(({ name, file }) => ({
    path: `${NODE_PLUGIN_DIR}/${name}`,
    mode: 0o755,
    source: { file },
  }));
  if (files.length > 0) await Promise.all(nodes.map((node) => putFiles(cluster, node, files)));
  await applyInstallation(host, plugin, cluster, installation);
  for (const workload of recipe.workloads) await waitForRollout(kubectl, workload, signal);
  await waitForReadyNodes(kubectl, signal);
  await waitForNodeFiles(host, { nodes, files: recipe.nodeFiles, root: installation.nodeRoot });
  await waitForNameServer(kubectl, signal);
}

async function putFiles(cluster: KubernetesCluster, node: Node, files: readonly NodeFile[]): Promise<void> {
  if (cluster.putFiles === undefined)
    throw new EnvironmentError(
      `cnibench does not write to the nodes of ${cluster.kind} clusters; install the binaries yourself`,
    );
  await cluster.putFiles(node, files);
}

/** Returns the facts of a cluster that a recipe needs. */
export function kubernetesContext(
  { nodes, loadImage, facts }: KubernetesCluster,
  { podCidr: clusterCidr, apiServer, pullsByDigest: byDigest }: InstallationFacts,
): KubernetesContext {
  return { clusterCidr, nodes: nodes.length, loadImage, apiServer, byDigest, underlayMtu: facts.underlayMtu };
}

async function applyInstallation(
  host: Host,
  plugin: Plugin,
  cluster: KubernetesCluster,
  facts: InstallationFacts,
): Promise<void> {
  const { signal } = host;
  const installation = await installationOf(host, plugin, kubernetesContext(cluster, facts));
  if (installation === null) return;
  if ("chart" in installation) return installChart(cluster.kubectl, installation.chart, signal);
  await cluster.kubectl.apply(installation.manifests, { signal });
}

/** Returns the manifests or the chart to install, or null if the cluster kind includes the plugin. */
export async function installationOf(
  host: Host,
  plugin: Plugin,
  context: KubernetesContext,
): Promise<Exclude<Installation, { changes: unknown }> | null> {
  const installation = plugin.kubernetes?.install?.(context);
  if (installation === undefined) return null;
  return "changes" in installation
    ? { manifests: await changedManifest(host, plugin, installation.changes) }
    : installation;
}

async function changedManifest(host: Host, { name, kubernetes }: Plugin, changes: ManifestChanges): Promise<string> {
  if (kubernetes?.manifest === undefined) throw new Error(`the recipe of ${name} has changes but no manifest`);
  return patchManifest(host, await fetchManifest(name, kubernetes.manifest, cacheDir(host)), changes);
}
