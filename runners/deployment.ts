/** What runners may use of a plugin that is deployed on a bare cluster. */
import type { CniRuntime } from "../cni/runtime.ts";
import type { Invocation, NetworkConfigList } from "../cni/types.ts";
import type { Endpoint, Node, Sandbox } from "../core/model.ts";
import type { Shell } from "../core/shell.ts";

export interface BareDeployment {
  readonly plugin: string;
  /** Where new pods are made. */
  readonly node: Node;
  /** The CNI runtime of that node. */
  readonly runtime: CniRuntime;
  /** The network as that node knows it. */
  readonly network: NetworkConfigList;
  /** Folders of the node with CNI plugins. */
  readonly pluginPath: readonly string[];
  /** sh script that gives a fresh /run what a daemon of the plugin keeps in that of the node; left out: nothing. */
  readonly daemonState?: string;
  /** Whether Kubernetes' pods have their network from it: an ADD that fails in a test then tells of the test. Default: false. */
  readonly servesKubernetes?: boolean;
  /** From now on `watcher` is told of every execution of a plugin on that node as it ends, failing ones included. */
  watchInvocations(watcher: (invocation: Invocation) => void): void;
  /** A pod of the same node that is up and answers pings. */
  readonly peer: Endpoint;
  /** A new empty network namespace on the node; the name is made unique. */
  createSandbox(): Promise<Sandbox>;
}

/** What runners may use of a plugin that is deployed on a cluster with Kubernetes. */
export interface ClusterDeployment {
  readonly plugin: string;
  readonly claimsPolicy: boolean;
  /** 20 of Kubernetes 1.20. */
  readonly minorVersion: number;
  /** Names of the nodes that are measured. */
  readonly nodes: readonly string[];
  /** Image with the load tools. */
  readonly image: string;
  /** Beginning of the names of all namespaces, different in each deployment. */
  readonly prefix: string;
  /** Makes namespaces that are found and removed with the deployment. */
  createNamespaces(
    namespaces: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[],
  ): Promise<void>;
  /** Deletes them with all that is in them, and waits until they are gone. */
  removeNamespaces(namespaces: readonly string[]): Promise<void>;
  /** Makes pods, and waits until every one runs. In their order. @throws EnvironmentError with the events of those that do not. */
  createPods(pods: readonly PodObject[]): Promise<readonly RunningPod[]>;
  /** The same for pods that need no shell: a connection into each takes a program on this machine. */
  runPods(pods: readonly PodObject[]): Promise<readonly Omit<RunningPod, "shell">[]>;
  /** Makes or changes objects. */
  apply(objects: readonly object[]): Promise<void>;
  /** The API over one connection that stays open, for what is timed. */
  withApi<T>(use: (api: ApiConnection) => Promise<T>): Promise<T>;
  /** Deletes every network policy of the namespaces. */
  removePolicies(namespaces: readonly string[]): Promise<void>;
}

/** Each call ends when the API server has answered. @throws EnvironmentError with its words when it refuses. */
export interface ApiConnection {
  readonly create: (object: NamespacedObject) => Promise<void>;
  /** Merges into what is there. */
  readonly patch: (object: NamespacedObject) => Promise<void>;
  readonly remove: (object: NamespacedObject) => Promise<void>;
}

export interface NamespacedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** A pod as the API takes it. */
export interface PodObject {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly shell: Shell;
}
