/** The cluster that a plugin needs. Pure. */
import type { ClusterSpec } from "../clusters/cluster.ts";
import type { Plugin } from "../plugins/plugin.ts";

/** @param plugin null for the baseline, which needs no more than nodes */
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
