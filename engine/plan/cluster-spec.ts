/** Adapts a cluster specification to a plugin. Pure. */
import type { ClusterSpec } from "../../clusters/cluster.ts";
import type { Plugin } from "../../plugins/plugin.ts";

/** Returns the specification of the cluster that a plugin needs. @param plugin null for the baseline */
export function clusterSpecFor(spec: ClusterSpec, plugin: Plugin | null): ClusterSpec {
  const { kubernetes } = spec;
  if (kubernetes === undefined) return { ...spec, spareLinks: plugin?.bare?.spareLinks ?? 0 };
  const recipe = plugin?.kubernetes;
  const cni = recipe?.install === null ? "default" : "none";
  return {
    ...spec,
    kubernetes: { ...kubernetes, cni, kubeProxyMode: recipe?.kubeProxyMode ?? kubernetes.kubeProxyMode },
  };
}
