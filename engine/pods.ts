/** Pods of a bare cluster: a sandbox, and the ADD of cnibench's own CNI runtime. */
import { isIPv6 } from "node:net";
import { CniRuntime, type RuntimeOptions } from "../cni/runtime.ts";
import { parseNetworkConfig } from "../cni/conf.ts";
import { memoryStore } from "../cni/memory.ts";
import type { NetworkConfigList } from "../cni/types.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { Family } from "../core/family.ts";
import { numberAt, tryParse } from "../core/json.ts";
import type { Endpoint, Node, Sandbox } from "../core/model.ts";
import { run } from "../core/shell.ts";

export const PLUGIN_PATH = ["/opt/cni/bin"] as const;
export const POD_INTERFACE = "eth0";
/** Seconds for one plugin to do one operation. */
const PLUGIN_TIMEOUT_S = 20;

/** The CNI runtime of one node, and the network as that node knows it. */
export interface NodeNetwork {
  readonly node: Node;
  readonly runtime: CniRuntime;
  readonly network: NetworkConfigList;
  /** From now on `watcher` is told of every execution of a plugin as it ends, in the place of the one before. */
  readonly watch: (watcher: ExecutionWatcher) => void;
}

type ExecutionWatcher = NonNullable<RuntimeOptions["onInvoke"]>;

/** An end of a path, with every address that it must be reachable at; the first is the endpoint's own. */
export interface PathEnd {
  readonly endpoint: Endpoint;
  readonly addresses: readonly string[];
}

export interface Pod extends PathEnd {
  /** Command that enters it from a terminal of this machine; what follows it runs there. */
  readonly enter: readonly string[];
}

/** What its runtime remembers goes with this process, as the cluster does. */
export function nodeNetwork(node: Node, config: string): NodeNetwork {
  const store = memoryStore();
  let watcher: ExecutionWatcher = () => undefined;
  const onInvoke: ExecutionWatcher = (invocation) => watcher(invocation);
  const runtime = new CniRuntime({
    shell: node.shell,
    pluginPath: PLUGIN_PATH,
    store,
    timeout: PLUGIN_TIMEOUT_S,
    onInvoke,
  });
  const network = parseNetworkConfig(config, `the configuration of ${node.name}`);
  return { node, runtime, network, watch: (next) => void (watcher = next) };
}

/**
 * Gives a sandbox its network.
 * @param enterNode command that enters its node from a terminal
 * @throws CniError of the plugin; EnvironmentError when the result lacks an address of the family.
 */
export async function addPod(
  { node, runtime, network }: NodeNetwork,
  sandbox: Sandbox,
  enterNode: readonly string[],
  family: Family,
  signal: AbortSignal,
): Promise<Pod> {
  const attachment = { containerID: sandbox.name, netns: sandbox.netns, ifName: POD_INTERFACE };
  const { result } = await runtime.add(network, attachment, signal);
  const ips = result.ips.map(({ address }) => address.split("/")[0] ?? "");
  const addresses = ipVersions(family).map((version) => {
    const address = ips.find((ip) => isIPv6(ip) === (version === 6));
    if (address !== undefined) return address;
    throw new EnvironmentError(
      `the ADD result of ${network.name} names no IPv${version} address for pod ${sandbox.name}; a scenario of family ${family} needs one`,
    );
  });
  const enter = [...enterNode, "nsenter", `--net=${sandbox.netns}`];
  return { endpoint: await endpoint(sandbox.name, node, sandbox, addresses[0] ?? ""), addresses, enter };
}

/** A node itself, for path `host`. */
export async function hostPathEnd(node: Node, family: Family): Promise<PathEnd> {
  const addresses = ipVersions(family).flatMap((version) => (version === 4 ? node.ip : (node.ip6 ?? [])));
  return { endpoint: await endpoint(node.name, node, node, addresses[0] ?? node.ip), addresses };
}

/** The one that loads use comes first. */
function ipVersions(family: Family): readonly (4 | 6)[] {
  return { ipv4: [4], ipv6: [6], dual: [4, 6] }[family] as readonly (4 | 6)[];
}

async function endpoint(name: string, node: Node, { shell }: Pick<Node, "shell">, ip: string): Promise<Endpoint> {
  const links = tryParse(await run(shell, ["ip", "-j", "link", "show", POD_INTERFACE]));
  const mtu = numberAt(Array.isArray(links) ? (links as unknown[])[0] : null, "mtu");
  if (mtu === null) throw new EnvironmentError(`the MTU of ${POD_INTERFACE} of ${name} could not be read`);
  return { name, node, ip, ifName: POD_INTERFACE, mtu, shell };
}
