/**
 * Deploys a plugin on a fresh cluster and defines the contract of a deployment. The steps depend on who creates the
 * pods.
 */
import type { Cluster } from "../../clusters/cluster.ts";
import type { Family } from "../../core/model.ts";
import type { Host } from "../../core/host.ts";
import type { Path, BackgroundObjects } from "../../core/model.ts";
import type { BareDeployment, ClusterDeployment } from "../../runners/deployment.ts";
import type { Assets } from "../preflight/assets.ts";
import type { Daemons, StoreLog } from "./bare/daemons.ts";
import { deployBareBaseline, deployOnBare } from "./bare/deploy-bare.ts";
import { deployKubernetesBaseline, deployOnKubernetes } from "./kubernetes/deploy-kubernetes.ts";
import type { Pod } from "./bare/pods.ts";
import type { EndpointPair } from "./reachability.ts";

/** A deployed plugin, or the baseline. */
export interface Deployment {
  /** Returns the ends of a path. @throws if they cannot be created or cannot reach each other */
  connectPair(path: Path): Promise<EndpointPair>;
  /** Lists the running pods that stay until the end of the deployment, in order of creation. */
  pods(): Promise<readonly Pod[]>;
  /** Creates or deletes background objects until these exist; undefined if unsupported and for the baseline. */
  setBackgroundObjects?(objects: BackgroundObjects): Promise<void>;
  /** null for the baseline, which has no plugin. */
  readonly bareDeployment: (() => Promise<BareDeployment>) | null;
  /** null for the baseline and for clusters without Kubernetes. */
  readonly clusterDeployment: ClusterDeployment | null;
  /** Describes the lost nodes, or returns null if there are none; undefined if the nodes run on this machine. */
  describeLostNodes?(): Promise<string | null>;
  /** Daemons of the plugin; none for the baseline. */
  readonly daemons: Daemons;
}

export interface PluginDeployment extends Deployment {
  /** Creates another pod that stays. @param nodeIndex 0 for the first node */
  addPod(nodeIndex: number): Promise<Pod>;
}

export interface DeployOptions {
  readonly family: Family;
  /** Prefix length of each node's IPv4 pod range. Default: that of the cluster. */
  readonly podRange?: number;
  /** Stores the output of daemons. Default: the output is discarded. */
  readonly storeLog?: StoreLog;
}

/** Deploys the baseline, which measures between the nodes themselves. */
export async function deployBaseline(host: Host, cluster: Cluster, { family }: DeployOptions): Promise<Deployment> {
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
