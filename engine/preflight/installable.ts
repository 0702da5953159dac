/** Decides whether a plugin can be installed on an existing cluster for the time of a run. */
import { describeLeftover } from "../../clusters/kubeconfig/install-record.ts";
import { inspectCluster, type ClusterInspection } from "../../clusters/kubeconfig/kubeconfig.ts";
import type { Plugin } from "../../plugins/plugin.ts";

/** A plugin to install on an existing cluster for the time of a run. */
export interface TemporaryInstall {
  readonly plugin: Plugin;
  /** The name in `--plugins`, with an absolute path or a version after the @. */
  readonly reference: string;
  /** The cluster before the installation. */
  readonly inspection: ClusterInspection;
}

/**
 * Inspects the cluster of a context and returns the installation, or the reason why it is impossible.
 * @param context null for the current context
 * @throws EnvironmentError if the cluster cannot be read
 */
export async function planInstall(
  plugin: Plugin,
  reference: string,
  context: string | null,
): Promise<TemporaryInstall | string> {
  const inspection = await inspectCluster(context, new AbortController().signal);
  return whyNotInstallable(plugin) ?? whyOccupied(inspection) ?? { plugin, reference, inspection };
}

/** Returns the plugin as deployments see it: already installed. */
export function asInstalled({ plugin: { kubernetes, bare: _, ...plugin } }: TemporaryInstall): Plugin {
  return kubernetes === undefined
    ? plugin
    : { ...plugin, kubernetes: { ...kubernetes, install: null, nodeBinaries: [], workloads: [], nodeFiles: [] } };
}

function whyNotInstallable({ name, kubernetes }: Plugin): string | null {
  if (kubernetes?.install === undefined)
    return `--install ${name}: no recipe for Kubernetes; "cnibench list plugins" shows which plugins have one`;
  if (kubernetes.install === null)
    return `--install ${name}: part of the kind node image and not installable; use --cluster kind`;
  return kubernetes.kubeProxyMode === "none"
    ? `--install ${name}: replaces kube-proxy, which cnibench never removes from existing clusters; use --cluster kind`
    : null;
}

function whyOccupied({ context, plugin, installRecord, readyNodes }: ClusterInspection): string | null {
  if (installRecord !== null) return describeLeftover(installRecord, context);
  if (plugin.name !== "unknown")
    return `context ${context} already has ${plugin.name} ${plugin.version}; omit --install to measure it`;
  // Without a plugin no node is ready.
  if (readyNodes.length === 0) return null;
  const [node = ""] = readyNodes;
  return `context ${context} already has an unknown plugin: node ${node} is ready; omit --install to measure it`;
}
