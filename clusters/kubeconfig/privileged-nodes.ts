/** Privileged access to all nodes of an existing cluster, for installing and uninstalling a plugin only. */
import type { InstallAccess } from "../existing.ts";
import { createPodNamespace, NODE_ROOT, startPods } from "../../kubernetes/index.ts";
import type { Host } from "../../core/host.ts";
import { openAccess } from "./access.ts";
import { parseCandidate, podRangeOfNodes } from "./choose-nodes.ts";
import { removeOwnNamespaces } from "./clean.ts";
import { createInstallRecord, deleteInstallRecord } from "./install-record.ts";
import type { ExistingOptions } from "./options.ts";
import { EXISTING_CPUS, toConnectedNodes } from "./nodes.ts";

/** Address of the API server inside a cluster, through its service. */
const API_SERVER_SERVICE = { host: "kubernetes.default.svc", port: 443 } as const;

/**
 * Starts a privileged pod on every node.
 * @throws EnvironmentError if the cluster does not allow such pods, or a node does not run one
 */
export async function openPrivilegedNodes(
  host: Host,
  context: string,
  { loadImage, pullSecrets }: Pick<ExistingOptions, "loadImage" | "pullSecrets">,
): Promise<InstallAccess> {
  const { signal } = host;
  const access = await openAccess(host, context, pullSecrets);
  const { kubectl, version } = access;
  try {
    const candidates = (await kubectl.list(["nodes"], { signal })).map(parseCandidate);
    const podCidr = podRangeOfNodes(candidates);
    const podNamespace = await createPodNamespace({ kubectl, loadImage }, "privileged", signal);
    const placements = candidates.map(({ name }, i) => ({
      name: `root-${i + 1}`,
      nodeName: name,
      access: "node root" as const,
    }));
    const pods = await startPods(podNamespace, placements, signal);
    const connected = await toConnectedNodes(candidates, pods);
    const { nodes, facts, enterCommand } = connected;
    const close = async (): Promise<void> => {
      connected.close();
      await removeOwnNamespaces(kubectl).finally(access.close);
    };
    return {
      cluster: {
        kind: "kubeconfig",
        api: "kubernetes",
        ...{ facts, nodes, kubectl, loadImage, version, enterCommand },
        cpus: EXISTING_CPUS,
        kubeProxyMode: null,
        // Without file access: copied files could not be distinguished from existing ones, and removed again.
        installation: { podCidr, apiServer: API_SERVER_SERVICE, pullsByDigest: true, nodeRoot: NODE_ROOT },
        [Symbol.asyncDispose]: close,
      },
      record: (pluginSpec, recordSignal) => createInstallRecord(kubectl, { pluginSpec, loadImage }, recordSignal),
      deleteRecord: () => deleteInstallRecord(kubectl),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await removeOwnNamespaces(kubectl).finally(access.close);
    throw error;
  }
}
