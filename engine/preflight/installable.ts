/** Decides whether a plugin can be installed on an existing cluster for the time of a run. */
import { type ClusterInspection, type ExistingSelection, preferredKind } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import type { Plugin } from "../../plugins/index.ts";

/** A plugin to install on an existing cluster for the time of a run. */
export interface TemporaryInstall {
  readonly plugin: Plugin;
  /** The name in `--plugins`, with an absolute path or a version after the @. */
  readonly pluginSpec: string;
  /** The cluster before the installation. */
  readonly inspection: ClusterInspection;
}

/**
 * Inspects a cluster and returns the installation, or the reason why it is impossible.
 * @throws EnvironmentError if the cluster cannot be read
 */
export async function planInstall(
  host: Host,
  plugin: Plugin,
  pluginSpec: string,
  { existing, options }: ExistingSelection,
): Promise<TemporaryInstall | string> {
  const inspection = await existing.inspect(host, options);
  return whyNotInstallable(plugin) ?? inspection.occupied ?? { plugin, pluginSpec, inspection };
}

/** Returns the plugin as deployments see it: already installed. */
export function asInstalled({ plugin: { kubernetes, bare: _, ...plugin } }: TemporaryInstall): Plugin {
  return kubernetes === undefined
    ? plugin
    : { ...plugin, kubernetes: { ...kubernetes, install: null, nodeBinaries: [], workloads: [], nodeFiles: [] } };
}

function whyNotInstallable({ name, kubernetes }: Plugin): string | null {
  const other = preferredKind("kubernetes").name;
  if (kubernetes?.install === undefined)
    return `--install ${name}: no recipe for Kubernetes; "cnibench list plugins" shows which plugins have one`;
  if (kubernetes.install === null)
    return `--install ${name}: included in ${other} clusters and not installable; use --cluster ${other}`;
  return kubernetes.kubeProxyMode === "none"
    ? `--install ${name}: replaces kube-proxy, which cnibench never removes from existing clusters; ` +
        `use --cluster ${other}`
    : null;
}
