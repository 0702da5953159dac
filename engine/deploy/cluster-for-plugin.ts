/** Adapts a cluster to the plugin to deploy. Pure. */
import type { ClusterSpec } from "../../clusters/index.ts";
import type { Plugin } from "../../plugins/index.ts";

const DEFAULT_KUBE_PROXY_MODE = "iptables";

/** Returns the specification of the cluster that a plugin needs. @param plugin null for the baseline */
export function clusterSpecFor(spec: ClusterSpec, plugin: Plugin | null): ClusterSpec {
  const { install, kubeProxyMode = DEFAULT_KUBE_PROXY_MODE } = plugin?.kubernetes ?? {};
  return {
    ...spec,
    spareLinks: plugin?.bare?.spareLinks ?? 0,
    kubernetes: { cni: install === null ? "default" : "none", kubeProxyMode },
  };
}
