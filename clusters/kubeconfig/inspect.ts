/** Inspects an existing cluster before anything is created on it, and gives access for a temporary installation. */
import { EnvironmentError, formatProblem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { deniedPermissions, type Kubectl, OWNER_ANNOTATIONS } from "../../kubernetes/index.ts";
import {
  type ClusterInspection,
  describeInstalled,
  type ExistingClusters,
  type InstalledPlugin,
  type InstallTarget,
  type LeftoverInstall,
} from "../existing.ts";
import { openAccess } from "./access.ts";
import { checkInstallPermissions, missingPermissionsProblem } from "./prerequisites.ts";
import { parseCandidate } from "./choose-nodes.ts";
import { detectPlugin } from "./detect.ts";
import { describeLeftover, INSTALL_RECORD_NAMESPACE, readInstallRecord } from "./install-record.ts";
import type { ExistingOptions } from "./options.ts";
import { describeActiveOwner } from "./owner.ts";
import { RUN_PERMISSIONS } from "./run-permissions.ts";
import { openPrivilegedNodes } from "./privileged-nodes.ts";

export const existingClusters = {
  detectPlugin: async (host: Host, { context }: ExistingOptions): Promise<InstalledPlugin | null> => {
    const { kubectl, close } = await openAccess(host, context);
    return detectOnCluster(kubectl, host.signal).finally(close);
  },
  installsPlugin: ({ installsPlugin }: ExistingOptions) => installsPlugin,
  inspect,
  findLeftover,
} as const satisfies ExistingClusters;

async function inspect(host: Host, { context, loadImage, pullSecrets }: ExistingOptions): Promise<ClusterInspection> {
  const { kubectl, serverUrl, close } = await openAccess(host, context);
  try {
    const target = installTarget(kubectl.access.context, { loadImage, pullSecrets });
    return { target, serverUrl, occupied: await whyOccupied(kubectl, host.signal) };
  } finally {
    await close();
  }
}

/** Returns why no plugin can be installed, or null. */
async function whyOccupied(kubectl: Kubectl, signal: AbortSignal): Promise<string | null> {
  const { context } = kubectl.access;
  const plugin = await detectOnCluster(kubectl, signal);
  const candidates = (await kubectl.list(["nodes"], { signal })).map(parseCandidate);
  const record = await readInstallRecord(kubectl, signal);
  if (record !== null) return describeLeftover(record, context);
  if (plugin !== null)
    return `context ${context} already has ${describeInstalled(plugin)}; omit --install to measure it`;
  // Without a plugin no node is ready.
  const ready = candidates.find(({ unusableReason }) => unusableReason === null);
  return ready === undefined
    ? null
    : `context ${context} already has ${describeInstalled(null)}: node ${ready.name} is ready; ` +
        "omit --install to measure it";
}

/** Returns null if the plugin was not recognized. */
async function detectOnCluster(kubectl: Kubectl, signal: AbortSignal): Promise<InstalledPlugin | null> {
  const daemonsets = await kubectl
    .list(["daemonsets", "--all-namespaces"], { signal })
    .catch(async (error: unknown) => {
      // Report all missing permissions at once instead of the first one.
      const denied = await deniedPermissions(kubectl, RUN_PERMISSIONS, signal);
      if (denied.length === 0) throw error;
      throw new EnvironmentError(formatProblem(missingPermissionsProblem(kubectl, denied)));
    });
  // Optional: without permission to read the ConfigMaps, only the mode remains unknown.
  const configMaps = await kubectl
    .list(["configmaps", "--all-namespaces", "--field-selector=metadata.name!=kube-root-ca.crt"], { signal })
    .catch(() => []);
  return detectPlugin({ daemonsets, configMaps });
}

function installTarget(context: string, pods: Pick<ExistingOptions, "loadImage" | "pullSecrets">): InstallTarget {
  return {
    name: `the cluster of context ${context}`,
    cleanCommand: `cnibench clean --context ${context}`,
    loadImage: pods.loadImage,
    checkPermissions: (host, objects) => checkInstallPermissions(host, context, objects),
    open: (host) => openPrivilegedNodes(host, context, pods),
  };
}

/** Finds the plugin that a killed run left on the cluster of `--context`. */
async function findLeftover(host: Host, { context }: { readonly context?: string }): Promise<LeftoverInstall | null> {
  if (context === undefined) return null;
  const { kubectl, close } = await openAccess(host, context);
  const record = await readInstallRecord(kubectl, host.signal).finally(close);
  if (record === null) return null;
  const owner = describeActiveOwner(host, record);
  return {
    pluginSpec: record.pluginSpec,
    target: installTarget(context, { loadImage: record.loadImage, pullSecrets: [] }),
    inUse:
      owner === null
        ? null
        : `installed by ${owner}; if that process no longer exists, run ` +
          `kubectl --context ${context} annotate --overwrite namespace ${INSTALL_RECORD_NAMESPACE} ` +
          `${OWNER_ANNOTATIONS.host}=${host.hostname} ${OWNER_ANNOTATIONS.pid}=0, then clean again`,
    deleteRecordCommand: `kubectl --context ${context} delete namespace ${record.name}`,
  };
}
