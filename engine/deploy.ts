/** A plugin on a fresh cluster, and what measurements may ask of it. How it gets there depends on who makes the pods. */
import type { Cluster } from "../clusters/cluster.ts";
import type { Family } from "../core/family.ts";
import type { Path, BackgroundObjects } from "../core/model.ts";
import type { BareDeployment, ClusterDeployment } from "../runners/deployment.ts";
import type { Assets } from "./assets.ts";
import type { Daemons, StoreLog } from "./daemons.ts";
import { deployBareBaseline, deployOnBare } from "./deploy-bare.ts";
import { deployKubernetesBaseline, deployOnKubernetes } from "./deploy-kubernetes.ts";
import type { Pod } from "./pods.ts";
import type { NodePair } from "./reachability.ts";

export interface Deployment {
  /** @throws when the ends cannot be made or do not reach each other. */
  connectPair(path: Path): Promise<NodePair>;
  /** Pods that are up and stay, in the order in which they were asked for. */
  pods(): Promise<readonly Pod[]>;
  /** Makes so much stand on the cluster; left out: it can have nothing, or it is the baseline. */
  setBackgroundObjects?(load: BackgroundObjects): Promise<void>;
  /** null for the baseline, which has no plugin. */
  readonly bareDeployment: (() => Promise<BareDeployment>) | null;
  /** null for the baseline, and where the pods are not made by Kubernetes. */
  readonly clusterDeployment: ClusterDeployment | null;
  /** Which nodes are lost, as a sentence; null: none. Left out: nodes end with this machine. */
  describeLostNodes?(): Promise<string | null>;
  /** Of the plugin; of the baseline none. */
  readonly daemons: Daemons;
}

export interface PluginDeployment extends Deployment {
  /** One more pod that stays. @param nodeIndex 0 for the first node. */
  addPod(nodeIndex: number): Promise<Pod>;
}

export interface DeployOptions {
  readonly family: Family;
  /** Prefix length of the range that each node's pods get their IPv4 addresses from; left out: as the cluster has it. */
  readonly podRange?: number;
  readonly signal: AbortSignal;
  /** Left out: what daemons say is kept nowhere. */
  readonly storeLog?: StoreLog;
}

/** The baseline: the nodes themselves. */
export async function deployBaseline(cluster: Cluster, options: DeployOptions): Promise<Deployment> {
  return cluster.api === "bare"
    ? deployBareBaseline(cluster, options.family)
    : deployKubernetesBaseline(cluster, options);
}

export function deployPlugin(assets: Assets, cluster: Cluster, options: DeployOptions): Promise<PluginDeployment> {
  return cluster.api === "bare" ? deployOnBare(assets, cluster, options) : deployOnKubernetes(assets, cluster, options);
}
