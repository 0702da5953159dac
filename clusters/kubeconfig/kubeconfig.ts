/**
 * The `kubeconfig` cluster: one that exists. The plugin that is there is measured. Everything that is made lies in
 * namespaces of cnibench's own, which are deleted at the end.
 */
import { EnvironmentError, UsageError } from "../../core/errors.ts";
import type { Problem } from "../../core/model.ts";
import type {
  ClusterFacts,
  ClusterKind,
  ClusterSpec,
  ExistingSpec,
  KubernetesCluster,
  KubernetesSpec,
} from "../cluster.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";
import { toolProblems } from "../kubernetes/tools.ts";
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
  summary: "a Kubernetes cluster that exists, of any size: its own plugin, real machines and networks",
  api: "kubernetes",
  nodesHaveTools: true,
  hidesProcesses: true,
  maxNodes: 1000,
  tools: [],
  deploySeconds: 20,
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

/** What a cluster of the user's is like before anything is made on it. */
export interface ClusterInspection {
  readonly context: string;
  /** URL of its API server. */
  readonly serverUrl: string;
  readonly plugin: InstalledPlugin;
  /** What an earlier run has put on it and not taken off. */
  readonly installRecord: InstallRecord | null;
  /** Without a plugin no node is. */
  readonly readyNodes: readonly string[];
}

/** @throws UsageError; EnvironmentError when the cluster cannot be read. */
export async function inspectCluster(context: string | null, signal: AbortSignal): Promise<ClusterInspection> {
  const { kubectl, serverUrl: server, close } = await openAccess(context, signal);
  try {
    const plugin = await detectOnCluster(kubectl, signal);
    const nodes = (await kubectl.list(["nodes"], { signal })).map(parseCandidate);
    const readyNodes = nodes.flatMap(({ name, unusableReason: unfit }) => (unfit === null ? [name] : []));
    return {
      context: kubectl.access.context,
      serverUrl: server,
      plugin,
      installRecord: await readInstallRecord(kubectl, signal),
      readyNodes,
    };
  } finally {
    await close();
  }
}

/** The plugin that the cluster has. @throws UsageError; EnvironmentError when the cluster cannot be read. */
export async function readInstalledPlugin(context: string | null, signal: AbortSignal): Promise<InstalledPlugin> {
  const { kubectl, close } = await openAccess(context, signal);
  return detectOnCluster(kubectl, signal).finally(close);
}

async function detectOnCluster(kubectl: Kubectl, signal: AbortSignal): Promise<InstalledPlugin> {
  const daemonsets = await kubectl
    .list(["daemonsets", "--all-namespaces"], { signal })
    .catch(async (error: unknown) => {
      // Whoever may not even look is told all that a run needs, not one denial after the other.
      const denied = await deniedPermissions(kubectl, RUN_PERMISSIONS, signal);
      if (denied.length === 0) throw error;
      const { message, fix } = missingPermissionsProblem(kubectl, denied);
      throw new EnvironmentError(`${message}; ${fix}`);
    });
  // Only for the mode: whoever may not read them learns less.
  const configMaps = await kubectl
    .list(["configmaps", "--all-namespaces", "--field-selector=metadata.name!=kube-root-ca.crt"], { signal })
    .catch(() => []);
  return detectPlugin({ daemonsets, configMaps });
}

type ExistingKubernetes = KubernetesSpec & { readonly existing: ExistingSpec };

function requireExisting({ kubernetes }: ClusterSpec): ExistingKubernetes {
  if (kubernetes?.existing === undefined) throw new Error("a cluster of the user's was asked for without saying which");
  return { ...kubernetes, existing: kubernetes.existing };
}

/** Who may not do what a run needs is told so before anything is made. */
async function checkRunPermissions(spec?: ClusterSpec): Promise<readonly Problem[]> {
  const program = await toolProblems("kubectl", "kubeconfig clusters");
  if (program.length > 0) return program;
  if (spec?.kubernetes?.existing === undefined) return [];
  const { context } = spec.kubernetes.existing;
  return permissionProblems(context, (kubectl) =>
    deniedPermissions(kubectl, RUN_PERMISSIONS, new AbortController().signal),
  );
}

/**
 * What stands in the way of putting these objects there, and of taking them off.
 * @param context null: the current one
 */
export async function checkInstallPermissions(
  context: string | null,
  objects: readonly unknown[],
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  return permissionProblems(context, (kubectl) => deniedInstallPermissions(kubectl, objects, signal));
}

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
    message: `the user of context ${access.context} may not:\n${list}\n`,
    fix: "ask for a role that allows these, or use another context",
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
  const connected = await connectNodes({ kubectl, loadImage }, chosen, signal);
  let removed: Promise<void> | null = null;
  const remove = (): Promise<void> => {
    connected.close();
    return removeOwnNamespaces(kubectl).finally(access.close);
  };
  const facts: ClusterFacts = {
    isolation: "machines",
    underlayMtu: connected.underlayMtu,
    underlayRate: null,
    underlayDelay: null,
    underlayLoss: null,
    sameHost: false,
    emulated: false,
  };
  return {
    kind: "kubeconfig",
    api: "kubernetes",
    ...{
      facts,
      nodes: connected.nodes,
      kubectl,
      loadImage,
      version,
      apiServer: API_SERVER_SERVICE,
      kubeProxyMode: null,
    },
    ...{ podCidr: "unknown", podCidr6: "unknown", installsPlugin: false, pullsByDigest: true },
    putFiles: () =>
      Promise.reject(
        new EnvironmentError(
          "cnibench puts no files on the nodes of a cluster of the user's; put the programs there by other means",
        ),
      ),
    enterCommand: connected.enterCommand,
    createSandbox: () =>
      Promise.reject(
        new EnvironmentError(
          "this needs a network namespace on a node of the cluster, and cnibench has no root there; use --cluster kind",
        ),
      ),
    [Symbol.asyncDispose]: () => (removed ??= remove()), // an interrupt and the end of the deployment may both come
  };
}
