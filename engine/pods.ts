/** Pods of a bare cluster: a sandbox, and the ADD of cnibench's own CNI runtime. */
import { CniRuntime } from "../cni/runtime.ts";
import { parseNetworkConfig } from "../cni/conf.ts";
import { folderStore } from "../cni/store.ts";
import type { NetworkConfigList } from "../cni/types.ts";
import { EnvironmentError } from "../core/errors.ts";
import { numberAt, tryParse } from "../core/json.ts";
import type { Endpoint, Node, Sandbox } from "../core/model.ts";
import { run } from "../core/shell.ts";

export const PLUGIN_PATH = ["/opt/cni/bin"] as const;
export const POD_INTERFACE = "eth0";
/** Seconds for one plugin to do one operation. */
const PLUGIN_TIMEOUT = 20;

/** The CNI runtime of one node, and the network as that node knows it. */
export interface NodeNetwork {
  readonly node: Node;
  readonly runtime: CniRuntime;
  readonly network: NetworkConfigList;
}

/** @param state folder for what the runtime remembers. */
export function nodeNetwork(node: Node, config: string, state: string): NodeNetwork {
  const store = folderStore(state);
  const runtime = new CniRuntime({ shell: node.shell, pluginPath: PLUGIN_PATH, store, timeout: PLUGIN_TIMEOUT });
  return { node, runtime, network: parseNetworkConfig(config, `the configuration of ${node.name}`) };
}

/** Gives a sandbox its network. @throws CniError of the plugin; EnvironmentError when the result names no address. */
export async function addPod({ node, runtime, network }: NodeNetwork, sandbox: Sandbox, signal: AbortSignal): Promise<Endpoint> {
  const attachment = { containerID: sandbox.name, netns: sandbox.netns, ifName: POD_INTERFACE };
  const { result } = await runtime.add(network, attachment, signal);
  const address = result.ips.map(({ address }) => address.split("/")[0] ?? "").find((ip) => /^[\d.]+$/.test(ip));
  if (address === undefined) throw new EnvironmentError(`the ADD result of ${network.name} names no IPv4 address for pod ${sandbox.name}`);
  return endpoint(sandbox.name, node, sandbox, address);
}

/** A node itself, for path `host`. */
export function hostEndpoint(node: Node): Promise<Endpoint> {
  return endpoint(node.name, node, node, node.ip);
}

async function endpoint(name: string, node: Node, { shell }: Pick<Node, "shell">, ip: string): Promise<Endpoint> {
  const links = tryParse(await run(shell, ["ip", "-j", "link", "show", POD_INTERFACE]));
  const mtu = numberAt(Array.isArray(links) ? (links as unknown[])[0] : null, "mtu");
  if (mtu === null) throw new EnvironmentError(`the MTU of ${POD_INTERFACE} of ${name} could not be read`);
  return { name, node, ip, ifName: POD_INTERFACE, mtu, shell };
}
