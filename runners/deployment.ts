/** What runners may use of a plugin that is deployed on a bare cluster. */
import type { CniRuntime } from "../cni/runtime.ts";
import type { Invocation, NetworkConfigList } from "../cni/types.ts";
import type { Endpoint, Node, Sandbox } from "../core/model.ts";

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
  /** From now on `watcher` is told of every execution of a plugin on that node as it ends, failing ones included. */
  watch(watcher: (invocation: Invocation) => void): void;
  /** A pod of the same node that is up and answers pings. */
  readonly peer: Endpoint;
  /** A new empty network namespace on the node; the name is made unique. */
  createSandbox(): Promise<Sandbox>;
}
