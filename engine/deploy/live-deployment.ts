/** The contract of a deployment: a plugin, or the baseline, on a fresh cluster. */
import type { BackgroundObjects, Family, Node, Path } from "../../core/model.ts";
import type { Output } from "../../core/shell.ts";
import type { ClusterDeployment, NodeDaemons, NodeDeployment } from "../../runners/index.ts";
import type { EndpointPair, DeployedPod } from "./endpoints.ts";

/** A deployed plugin, or the baseline. */
export type Deployment = BaselineDeployment | PluginDeployment;
export type PluginDeployment = BareDeployment | KubernetesDeployment;

interface DeploymentBase {
  /** Returns the ends of a path. @throws if they cannot be created or cannot reach each other */
  connectPair(path: Path): Promise<EndpointPair>;
  /** Lists the running pods that stay until the end of the deployment, in order of creation. */
  pods(): Promise<readonly DeployedPod[]>;
  /**
   * Creates or deletes background objects until these exist. Does nothing for the baseline and without Kubernetes,
   * where plans skip such scenarios.
   */
  setBackgroundObjects(objects: BackgroundObjects): Promise<void>;
  /** Describes the lost nodes; null if there are none, or if the nodes run on this machine. */
  describeLostNodes(): Promise<string | null>;
  /** Daemons of the plugin; none for the baseline. */
  readonly daemons: Daemons;
}

/** The baseline, which measures between the nodes themselves. */
export interface BaselineDeployment extends DeploymentBase {
  readonly kind: "baseline";
}

interface PluginDeploymentBase extends DeploymentBase {
  /** Creates another pod that stays. @param nodeIndex 0 for the first node */
  addPod(nodeIndex: number): Promise<DeployedPod>;
  /** Returns the plugin as it is deployed on the first node. */
  onNode(): Promise<NodeDeployment>;
}

/** A plugin that cnibench's CNI runtime calls. */
export interface BareDeployment extends PluginDeploymentBase {
  readonly kind: "bare";
}

/** A plugin that Kubernetes calls. */
export interface KubernetesDeployment extends PluginDeploymentBase {
  readonly kind: "kubernetes";
  readonly onCluster: ClusterDeployment;
}

export interface DeployOptions {
  readonly family: Family;
  /** Prefix length of each node's IPv4 pod range. Default: that of the cluster. */
  readonly podRange?: number;
  /** Stores the output of daemons. Default: the output is discarded. */
  readonly storeLog?: StoreLog;
}

/** The daemons of a deployed plugin. */
export interface Daemons {
  /** Lists the processes of the daemons on those of the given nodes that run daemons. */
  processes(nodes: readonly Node[]): Promise<readonly NodeDaemons[]>;
  /**
   * Describes a daemon that has exited, with its last output: values measured without it do not describe the plugin.
   * @returns null if all daemons are running
   */
  failure(): string | null;
  /** Kills the daemons and waits until their logs are stored. @throws EnvironmentError if a log cannot be stored */
  stop(): Promise<void>;
}

export const NO_DAEMONS: Daemons = {
  processes: () => Promise.resolve([]),
  failure: () => null,
  stop: () => Promise.resolve(),
};

/** Stores the last output of a daemon and how it ended. @throws EnvironmentError if it cannot be stored */
export type StoreLog = (node: string, daemon: string, output: Output) => void;
