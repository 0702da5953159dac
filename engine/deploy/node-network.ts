/** The network of one node, as cnibench's CNI runtime uses it. */
import {
  CniRuntime,
  memoryStore,
  type NetworkConfigList,
  parseNetworkConfig,
  type RuntimeOptions,
} from "../../cni/index.ts";
import type { Node } from "../../core/model.ts";

export const PLUGIN_PATH = ["/opt/cni/bin"] as const;
/** Time limit of one execution of a plugin. */
const PLUGIN_TIMEOUT_S = 20;

/** The CNI runtime of one node and the network configuration on that node. */
export interface NodeNetwork {
  readonly node: Node;
  readonly runtime: CniRuntime;
  readonly network: NetworkConfigList;
  /** Replaces the watcher that is called after each execution of a plugin. */
  readonly watchInvocations: (watcher: InvocationWatcher) => void;
}

type InvocationWatcher = NonNullable<RuntimeOptions["onInvoke"]>;

/**
 * Creates the CNI runtime of a node. Its state is kept in memory, because the cluster does not outlive this process.
 */
export function nodeNetwork(node: Node, config: string): NodeNetwork {
  const store = memoryStore();
  let watcher: InvocationWatcher = () => undefined;
  const onInvoke: InvocationWatcher = (invocation) => watcher(invocation);
  const runtime = new CniRuntime({
    shell: node.shell,
    pluginPath: PLUGIN_PATH,
    store,
    timeout: PLUGIN_TIMEOUT_S,
    onInvoke,
  });
  const network = parseNetworkConfig(config, `the configuration of ${node.name}`);
  return { node, runtime, network, watchInvocations: (next) => void (watcher = next) };
}
