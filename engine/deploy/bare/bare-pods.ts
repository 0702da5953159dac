/** Creates the pods of a bare cluster: sandboxes that cnibench's CNI runtime attaches to the network. */
import { EnvironmentError } from "../../../core/errors.ts";
import { addressOf, isIpv6 } from "../../../core/ip.ts";
import { listAt, numberAt, tryParse } from "../../../core/untrusted-json.ts";
import { POD_INTERFACE, type Endpoint, type Node, type Sandbox, type Family } from "../../../core/model.ts";
import { run } from "../../../core/shell.ts";
import type { PathEnd, DeployedPod } from "../endpoints.ts";
import type { NodeNetwork } from "../node-network.ts";

interface BarePodOptions {
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
  { enterNode, family }: BarePodOptions,
  signal: AbortSignal,
): Promise<DeployedPod> {
  const { id, netns, args = [] } = sandbox;
  const attachment = { containerID: id, netns, ifName: POD_INTERFACE, args };
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
