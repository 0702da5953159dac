/**
 * The `kubeconfig` cluster: an existing cluster whose installed plugin is measured. All objects are created in separate
 * namespaces, which are deleted at the end.
 */
import type { KubernetesCluster } from "../cluster.ts";
import type { ClusterKind } from "../cluster-kind.ts";
import type { Host } from "../../core/host.ts";
import { openAccess, type OpenAccess } from "./access.ts";
import { checkRun } from "./prerequisites.ts";
import { cleanKubeconfig, removeOwnNamespaces } from "./clean.ts";
import { parseCandidate, chooseNodes } from "./choose-nodes.ts";
import { existingClusters } from "./inspect.ts";
import { connectNodes, EXISTING_CPUS } from "./nodes.ts";
import { DEFAULT_EXISTING, existingOptions, type ExistingOptions, type ExistingSpec } from "./options.ts";

export const kubeconfig = {
  name: "kubeconfig",
  summary: "an existing Kubernetes cluster of any size, with its installed plugin, real machines and networks",
  api: "kubernetes",
  nodesHaveTools: true,
  podsHaveTools: true,
  families: ["ipv4"],
  hidesProcesses: true,
  fixedUnderlay: true,
  maxNodes: 1000,
  tools: [],
  deploySeconds: 20,
  inspection: "first-deployment",
  options: existingOptions,
  existing: existingClusters,
  check: checkRun,
  clean: cleanKubeconfig,
  create: async (host: Host, spec: ExistingSpec): Promise<KubernetesCluster> => {
    const { nodes, options = DEFAULT_EXISTING } = spec;
    const access = await openAccess(host, options.context, options.pullSecrets);
    try {
      return await connectCluster(access, nodes, options, host.signal);
    } catch (error) {
      await removeOwnNamespaces(access.kubectl).finally(access.close);
      throw error;
    }
  },
} as const satisfies ClusterKind;

async function connectCluster(
  access: OpenAccess,
  count: number,
  { nodeSelector, loadImage }: ExistingOptions,
  signal: AbortSignal,
): Promise<KubernetesCluster> {
  const { kubectl, version } = access;
  const selector = nodeSelector === null ? [] : ["--selector", nodeSelector];
  const candidates = (await kubectl.list(["nodes", ...selector], { signal })).map(parseCandidate);
  const chosen = chooseNodes(candidates, count, nodeSelector);
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
    cpus: EXISTING_CPUS,
    kubeProxyMode: null,
    [Symbol.asyncDispose]: () => (removed ??= remove()), // called by an interrupt and at the end of the deployment
  };
}
