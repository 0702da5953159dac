/** Deploys a plugin, or the baseline, on a fresh cluster. The steps depend on who creates the pods. */
import type { Cluster, ClusterSpec } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import type { Plugin } from "../../plugins/index.ts";
import type { Assets } from "../preflight/assets.ts";
import { deployBareBaseline, deployOnBare } from "./bare/deploy-bare.ts";
import type { BaselineDeployment, DeployOptions, PluginDeployment } from "./live-deployment.ts";
import { deployKubernetesBaseline, deployOnKubernetes } from "./kubernetes/deploy-kubernetes.ts";

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

/** Deploys the baseline, which measures between the nodes themselves. */
export async function deployBaseline(
  host: Host,
  cluster: Cluster,
  { family }: DeployOptions,
): Promise<BaselineDeployment> {
  return cluster.api === "bare" ? deployBareBaseline(cluster, family) : deployKubernetesBaseline(host, cluster);
}

/** Deploys a plugin. @throws EnvironmentError if an installation step fails or a daemon does not become ready */
export function deployPlugin(
  host: Host,
  assets: Assets,
  cluster: Cluster,
  options: DeployOptions,
): Promise<PluginDeployment> {
  return cluster.api === "bare"
    ? deployOnBare(host, assets, cluster, options)
    : deployOnKubernetes(host, assets, cluster);
}
