/** The parts of a deployment that runners may use: with runner.ts, the contract of runners. */
import type { CniArgs, CniRuntime, Invocation, NetworkConfigList } from "../cni/index.ts";
import type { Endpoint, Node, Sandbox } from "../core/model.ts";
import type { Shell } from "../core/shell.ts";
import type { ApiConnection, Pod } from "../kubernetes/index.ts";

/** A plugin deployed on one node, which a CNI runtime can call there. */
export interface NodeDeployment {
  readonly plugin: string;
  /** The node for new pods. */
  readonly node: Node;
  /** The CNI runtime of that node. */
  readonly runtime: CniRuntime;
  /** The network configuration on that node. */
  readonly network: NetworkConfigList;
  /** Directories with CNI plugins on the node. */
  readonly pluginPath: readonly string[];
  /** sh script that copies the daemons' files from the node's /run to a new /run. Default: nothing to copy. */
  readonly daemonState?: string;
  /** Changes to the CNI_ARGS that name the pod of a container. Default: none. */
  readonly cniArgs?: CniArgs;
  /** Whether pods of Kubernetes use the plugin: a failing ADD in a test is then the test's fault. Default: false. */
  readonly servesKubernetes?: boolean;
  /** Calls `watcher` after each plugin execution on that node, successful or not. Replaces the previous watcher. */
  watchInvocations(watcher: (invocation: Invocation) => void): void;
  /** A running pod on the same node that answers pings. */
  readonly peer: Endpoint;
  /** Creates an empty network namespace with a unique name on the node. */
  createSandbox(): Promise<Sandbox>;
}

/** A plugin deployed on a Kubernetes cluster. */
export interface ClusterDeployment {
  readonly plugin: string;
  readonly claimsPolicy: boolean;
  /** Minor version of Kubernetes: 20 for 1.20. */
  readonly minorVersion: number;
  /** Names of the measured nodes. */
  readonly nodes: readonly string[];
  /** The load image. */
  readonly image: string;
  /** Prefix of all namespace names, unique for each deployment. */
  readonly prefix: string;
  /** Creates namespaces that are deleted with the deployment at the latest. */
  createNamespaces(
    namespaces: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[],
  ): Promise<void>;
  /** Deletes the namespaces with their contents and waits until they no longer exist. */
  removeNamespaces(namespaces: readonly string[]): Promise<void>;
  /**
   * Creates pods and returns them in order when all are running.
   * @throws EnvironmentError with the events of failed pods.
   */
  createPods(pods: readonly Pod[]): Promise<readonly RunningPod[]>;
  /** Same, for pods that need no shell: every shell needs a process on this machine. */
  runPods(pods: readonly Pod[]): Promise<readonly Omit<RunningPod, "shell">[]>;
  /** Creates or updates objects. */
  apply(objects: readonly object[]): Promise<void>;
  /** Gives `use` an API client with one open connection, for timed calls. */
  withApi<T>(use: (api: ApiConnection) => Promise<T>): Promise<T>;
  /** Deletes all network policies in the namespaces. */
  removePolicies(namespaces: readonly string[]): Promise<void>;
}

export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly shell: Shell;
}

/** Runs `use` with a new namespace, then deletes the namespace with its contents before the next measurement. */
export async function withNamespace<T>(
  deployment: ClusterDeployment,
  purpose: string,
  use: (namespace: string) => Promise<T>,
): Promise<T> {
  const name = `${deployment.prefix}-${purpose}`;
  await deployment.createNamespaces([{ name, labels: {} }]);
  try {
    return await use(name);
  } finally {
    await deployment.removeNamespaces([name]);
  }
}
