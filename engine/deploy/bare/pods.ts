/** Creates the pods of a bare cluster: sandboxes that cnibench's CNI runtime attaches to the network. */
import { CniRuntime, type RuntimeOptions } from "../../../cni/runtime.ts";
import { parseNetworkConfig } from "../../../cni/conf.ts";
import { memoryStore } from "../../../cni/memory.ts";
import type { NetworkConfigList } from "../../../cni/types.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import { addressOf, isIpv6 } from "../../../core/ip.ts";
import { listAt, numberAt, tryParse } from "../../../core/json.ts";
import type { Endpoint, Node, Sandbox, Family } from "../../../core/model.ts";
import { run } from "../../../core/shell.ts";

export const PLUGIN_PATH = ["/opt/cni/bin"] as const;
export const POD_INTERFACE = "eth0";
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

/** An end of a path with all addresses that must be reachable; the first one is the address of the endpoint. */
export interface PathEnd {
  readonly endpoint: Endpoint;
  readonly addresses: readonly string[];
}

export interface Pod extends PathEnd {
  /** Command prefix that runs a command in the pod from a terminal on this machine. */
  readonly enterCommand: readonly string[];
}

/** Pods that are created on first use and stay until the end of the deployment. */
export class LastingPods {
  readonly #pods = new Map<string, Promise<Pod>>();

  get(name: string, create: () => Promise<Pod>): Promise<Pod> {
    const pod = this.#pods.get(name) ?? create();
    this.#pods.set(name, pod);
    return pod;
  }

  /** Lists the pods that were created successfully, in order of creation. */
  async all(): Promise<readonly Pod[]> {
    const results = await Promise.allSettled(this.#pods.values());
    return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  }
}

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

export interface PodOptions {
  /** Command prefix that runs a command on the pod's node from a terminal. */
  readonly enterNode: readonly string[];
  readonly family: Family;
}

/**
 * Attaches a sandbox to the network.
 * @throws CniError of the plugin; EnvironmentError if the result lacks an address of the family
 */
export async function addPod(
  { node, runtime, network }: NodeNetwork,
  sandbox: Sandbox,
  { enterNode, family }: PodOptions,
  signal: AbortSignal,
): Promise<Pod> {
  const attachment = { containerID: sandbox.name, netns: sandbox.netns, ifName: POD_INTERFACE };
  const { result } = await runtime.add(network, attachment, signal);
  const ips = result.ips.map(({ address }) => addressOf(address));
  const addresses = ipVersions(family).map((version) => {
    const address = ips.find((ip) => isIpv6(ip) === (version === 6));
    if (address !== undefined) return address;
    throw new EnvironmentError(
      `the ADD result of ${network.name} has no IPv${version} address for pod ${sandbox.name}; ` +
        `scenarios with family ${family} need one`,
    );
  });
  const enterCommand = [...enterNode, "nsenter", `--net=${sandbox.netns}`];
  return { endpoint: await readEndpoint(sandbox.name, node, sandbox, addresses[0] ?? ""), addresses, enterCommand };
}

/** Returns a node as an end of path `host`. */
export async function pathEndOfNode(node: Node, family: Family): Promise<PathEnd> {
  const addresses = ipVersions(family).flatMap((version) => (version === 4 ? node.ip : (node.ip6 ?? [])));
  return { endpoint: await readEndpoint(node.name, node, node, addresses[0] ?? node.ip), addresses };
}

/** Returns the IP versions of a family; loads use the first one. */
function ipVersions(family: Family): readonly (4 | 6)[] {
  return { ipv4: [4], ipv6: [6], dual: [4, 6] }[family] as readonly (4 | 6)[];
}

async function readEndpoint(name: string, node: Node, { shell }: Pick<Node, "shell">, ip: string): Promise<Endpoint> {
  const links = tryParse(await run(shell, ["ip", "-j", "link", "show", POD_INTERFACE]));
  const mtu = numberAt(listAt(links)[0], "mtu");
  if (mtu === null) throw new EnvironmentError(`cannot read the MTU of ${POD_INTERFACE} in ${name}`);
  return { name, node, ip, ifName: POD_INTERFACE, mtu, shell };
}
