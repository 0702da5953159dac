/**
 * The `kubeconfig` cluster: an existing cluster whose installed plugin is measured. All objects are created in separate
 * namespaces, which are deleted at the end.
 */
import { EnvironmentError, UsageError, type Problem } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import type { ClusterKind, ClusterSpec, ExistingSpec, KubernetesCluster, KubernetesSpec } from "../cluster.ts";
import type { Kubectl } from "../../kubernetes/client.ts";
import { toolProblems } from "../../kubernetes/tools.ts";
import { openAccess, type OpenAccess } from "./access.ts";
import { API_SERVER_SERVICE } from "./api-service.ts";
import { cleanKubeconfig, removeOwnNamespaces } from "./clean.ts";
import { parseCandidate, chooseNodes } from "./choose-nodes.ts";
import { detectPlugin, type InstalledPlugin } from "./detect.ts";
import { deniedInstallPermissions } from "./install-permissions.ts";
import { readInstallRecord, type InstallRecord } from "./install-record.ts";
import { connectNodes } from "./nodes.ts";
import { deniedPermissions, describePermission, RUN_PERMISSIONS, type Permission } from "./permissions.ts";

export const kubeconfig = {
  name: "kubeconfig",
  summary: "an existing Kubernetes cluster of any size, with its installed plugin, real machines and networks",
  api: "kubernetes",
  nodesHaveTools: true,
  hidesProcesses: true,
  maxNodes: 1000,
  tools: [],
  deploySeconds: 20,
  inspection: "first-deployment",
  check: checkRunPermissions,
  clean: cleanKubeconfig,
  create: async (spec: ClusterSpec, signal: AbortSignal): Promise<KubernetesCluster> => {
    const kubernetes = requireExisting(spec);
    const access = await openAccess(kubernetes.existing.context, signal);
    try {
      return await connectCluster(access, spec.nodes, kubernetes, signal);
    } catch (error) {
      await removeOwnNamespaces(access.kubectl).finally(access.close);
      throw error;
    }
  },
} as const satisfies ClusterKind;

/** Facts about an existing cluster before anything is created on it. */
export interface ClusterInspection {
  readonly context: string;
  /** URL of the API server. */
  readonly serverUrl: string;
  readonly plugin: InstalledPlugin;
  /** The plugin that an earlier run installed and did not uninstall. */
  readonly installRecord: InstallRecord | null;
  /** Names of the nodes that are ready, which a node without a plugin never is. */
  readonly readyNodes: readonly string[];
}

/** Inspects a cluster. @throws UsageError for the context; EnvironmentError if the cluster cannot be read */
export async function inspectCluster(context: string | null, signal: AbortSignal): Promise<ClusterInspection> {
  const { kubectl, serverUrl, close } = await openAccess(context, signal);
  try {
    const plugin = await detectOnCluster(kubectl, signal);
    const candidates = (await kubectl.list(["nodes"], { signal })).map(parseCandidate);
    const readyNodes = candidates.filter((node) => node.unusableReason === null).map(({ name }) => name);
    const installRecord = await readInstallRecord(kubectl, signal);
    return { context: kubectl.access.context, serverUrl, plugin, installRecord, readyNodes };
  } finally {
    await close();
  }
}

/**
 * Returns the plugin of a cluster.
 * @throws UsageError for the context; EnvironmentError if the cluster cannot be read
 */
export async function readInstalledPlugin(context: string | null, signal: AbortSignal): Promise<InstalledPlugin> {
  const { kubectl, close } = await openAccess(context, signal);
  return detectOnCluster(kubectl, signal).finally(close);
}

async function detectOnCluster(kubectl: Kubectl, signal: AbortSignal): Promise<InstalledPlugin> {
  const daemonsets = await kubectl
    .list(["daemonsets", "--all-namespaces"], { signal })
    .catch(async (error: unknown) => {
      // Report all missing permissions at once instead of the first one.
      const denied = await deniedPermissions(kubectl, RUN_PERMISSIONS, signal);
      if (denied.length === 0) throw error;
      const { message, fix } = missingPermissionsProblem(kubectl, denied);
      throw new EnvironmentError(`${message}; ${fix}`);
    });
  // Optional: without permission to read the ConfigMaps, only the mode remains unknown.
  const configMaps = await kubectl
    .list(["configmaps", "--all-namespaces", "--field-selector=metadata.name!=kube-root-ca.crt"], { signal })
    .catch(() => []);
  return detectPlugin({ daemonsets, configMaps });
}

type ExistingKubernetes = KubernetesSpec & { readonly existing: ExistingSpec };

function requireExisting({ kubernetes }: ClusterSpec): ExistingKubernetes {
  if (kubernetes?.existing === undefined) throw new Error("a kubeconfig cluster requires a spec of the cluster");
  return { ...kubernetes, existing: kubernetes.existing };
}

/** Reports missing permissions before anything is created. */
async function checkRunPermissions(spec?: ClusterSpec): Promise<readonly Problem[]> {
  const missingTool = await toolProblems(localShell(), "kubectl", "kubeconfig clusters");
  if (missingTool.length > 0) return missingTool;
  if (spec?.kubernetes?.existing === undefined) return [];
  const { context } = spec.kubernetes.existing;
  return permissionProblems(context, (kubectl) =>
    deniedPermissions(kubectl, RUN_PERMISSIONS, new AbortController().signal),
  );
}

/**
 * Reports the permissions that the user lacks for creating and deleting these objects.
 * @param context null: the current context
 */
export async function checkInstallPermissions(
  context: string | null,
  objects: readonly unknown[],
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  return permissionProblems(context, (kubectl) => deniedInstallPermissions(kubectl, objects, signal));
}

/** Opens a cluster and reports the permissions that `denied` returns, or why the cluster cannot be opened. */
async function permissionProblems(
  context: string | null,
  denied: (kubectl: Kubectl) => Promise<readonly Permission[]>,
): Promise<readonly Problem[]> {
  try {
    const { kubectl, close } = await openAccess(context, new AbortController().signal);
    const missing = await denied(kubectl).finally(close);
    return missing.length === 0 ? [] : [missingPermissionsProblem(kubectl, missing)];
  } catch (error) {
    if (error instanceof EnvironmentError || error instanceof UsageError) return [{ message: error.message }];
    throw error;
  }
}

function missingPermissionsProblem({ access }: Kubectl, denied: readonly Permission[]): Required<Problem> {
  const list = denied.map((one) => `  ${describePermission(one)}`).join("\n");
  return {
    message: `the user of context ${access.context} lacks permissions:\n${list}\n`,
    fix: "ask for a role that grants them, or use another context",
  };
}

async function connectCluster(
  access: OpenAccess,
  count: number,
  { existing, loadImage }: ExistingKubernetes,
  signal: AbortSignal,
): Promise<KubernetesCluster> {
  const { kubectl, version } = access;
  const selector = existing.nodeSelector === null ? [] : ["--selector", existing.nodeSelector];
  const candidates = (await kubectl.list(["nodes", ...selector], { signal })).map(parseCandidate);
  const chosen = chooseNodes(candidates, count, existing.nodeSelector);
  const { nodes, facts, enterCommand, close } = await connectNodes({ kubectl, loadImage }, chosen, signal);
  let removed: Promise<void> | null = null;
  const remove = (): Promise<void> => {
    close();
    return removeOwnNamespaces(kubectl).finally(access.close);
  };
  return {
    kind: "kubeconfig",
    api: "kubernetes",
    ...{ facts, nodes, kubectl, loadImage, version, enterCommand },
    ...{ apiServer: API_SERVER_SERVICE, kubeProxyMode: null },
    ...{ podCidr: "unknown", podCidr6: "unknown", installsPlugin: false, pullsByDigest: true },
    putFiles: () =>
      Promise.reject(
        new EnvironmentError(
          "cnibench does not write to the nodes of an existing cluster; install the binaries yourself",
        ),
      ),
    createSandbox: () =>
      Promise.reject(
        new EnvironmentError(
          "this requires a network namespace on a node, but cnibench has no root access there; use --cluster kind",
        ),
      ),
    [Symbol.asyncDispose]: () => (removed ??= remove()), // called by an interrupt and at the end of the deployment
  };
}
