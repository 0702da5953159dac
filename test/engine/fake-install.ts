/** An existing cluster on which plugins are installed, with scripted outputs of kubectl. */
import type { InstallableCluster, InstallTarget } from "../../clusters/index.ts";
import type { Reply } from "../helpers/fake-host.ts";
import { fakeKubectl, printed } from "../helpers/fake-kubectl.ts";
import { fakeNode } from "./fake-run.ts";

const READY_NODE = { status: { conditions: [{ type: "Ready", status: "True" }] } };

/**
 * Returns a cluster of one ready node.
 * @param log receives `record <reference>`, `apply`, `delete` and `delete record`, in order
 * @param replies to `apply` and `delete`; the default is a success
 */
export function fakeInstallTarget(
  log: string[],
  replies: Readonly<Partial<Record<"apply" | "delete", Reply>>> = {},
): InstallTarget {
  const logged = (entry: string, reply: Reply = {}): Reply => {
    return (argv, options) => {
      log.push(entry);
      return typeof reply === "function" ? reply(argv, options) : reply;
    };
  };
  const { kubectl } = fakeKubectl({
    "apply --server-side": logged("apply", replies.apply),
    "delete --ignore-not-found -f -": logged("delete", replies.delete),
    "get nodes": printed({ items: [READY_NODE] }),
    "get deployments": printed({ items: [] }),
    "get daemonset": printed({ items: [] }),
    "get pods --all-namespaces": printed({ items: [] }),
  });
  const cluster = {
    kubectl,
    nodes: [fakeNode(1, { rm: {}, ip: {} })],
    facts: { underlayMtu: 1500 },
    loadImage: "load",
    installation: { podCidr: "10.244.0.0/16", apiServer: { host: "api", port: 6443 }, pullsByDigest: true },
  } as unknown as InstallableCluster;
  return {
    name: "the cluster of context test",
    loadImage: "load",
    cleanCommand: "cnibench clean --context test",
    checkPermissions: async () => [],
    open: async () => ({
      cluster,
      record: async (reference) => void log.push(`record ${reference}`),
      deleteRecord: async () => void log.push("delete record"),
      [Symbol.asyncDispose]: async () => undefined,
    }),
  };
}
