/**
 * Objects of an attachment in addition to link and addresses, if RI is configured with `pinned`: a route and permanent
 * neighbor entries, hairpin mode, and kernel settings.
 */
import { canonicalAddress } from "../../../core/ip.ts";
import type { CniInterface, CniIp } from "../../../cni/types.ts";
import { isIpv4 } from "./address-range.ts";
import type { AttachmentState } from "./interface-check.ts";
import { PluginError, prevResultOf, type Request } from "./protocol.ts";
import { runScript } from "./script.ts";

/** The configuration key that makes RI create these objects. */
export const PINNED = { pinned: true } as const;

export function isPinned({ config }: Request): boolean {
  return config.pinned === true;
}

/** The alias is the MAC address of ADD: a later plugin may change it. */
const PIN = `bridge=$1 bridge_mac=$2 host=$3 netns=$4 name=$5 mac=$6; shift 6
ip link set dev "$host" type bridge_slave hairpin on
ip link set dev "$host" alias "$mac"
echo 1 >"/proc/sys/net/ipv4/conf/$host/proxy_arp"
nsenter --net="$netns" sh -c 'echo 1 >"/proc/sys/net/ipv4/conf/$0/arp_ignore"' "$name"
while [ $# -gt 1 ]; do
  ip route replace "$1/32" dev "$bridge"
  ip neigh replace "$1" lladdr "$mac" dev "$bridge" nud permanent
  nsenter --net="$netns" ip neigh replace "$2" lladdr "$bridge_mac" dev "$name" nud permanent
  shift 2
done`;

/** @param links the bridge, the node's end, and the interface of the container */
export async function pin(
  { shell, netns, ifName }: Request,
  bridge: string,
  links: readonly CniInterface[],
  ips: readonly CniIp[],
): Promise<void> {
  const [bridgeMac = "", , mac = ""] = links.map((link) => link.mac ?? "");
  const pairs = ips.flatMap(({ address, gateway }) =>
    gateway === undefined || !isIpv4(address) ? [] : [address.split("/")[0] ?? "", gateway],
  );
  await runScript(shell, PIN, bridge, bridgeMac, links[1]?.name ?? "", netns, ifName, mac, ...pairs);
}

const UNPIN = `bridge=$1; shift
for address; do
  ip route del "$address/32" dev "$bridge" 2>/dev/null || true
  ip neigh del "$address" dev "$bridge" 2>/dev/null || true
done`;

/** Removes the objects that do not disappear with the link. */
export async function unpin(request: Request, bridge: string): Promise<void> {
  const addresses = (prevResultOf(request)?.ips ?? []).map(({ address }) => address.split("/")[0] ?? "");
  await runScript(request.shell, UNPIN, bridge, ...addresses);
}

const READ_SETTINGS = `cd "/sys/class/net/$1"
cat ifalias brport/hairpin_mode "/proc/sys/net/ipv4/conf/$1/proxy_arp"
nsenter --net="$2" cat "/proc/sys/net/ipv4/conf/$3/arp_ignore"`;

/** @throws PluginError if one of the objects is missing or different */
export async function checkPins({ shell, netns, ifName }: Request, attached: AttachmentState): Promise<void> {
  const { prev, node, container, host, bridge } = attached;
  const demand = (holds: boolean, problem: string): void => {
    if (!holds) throw new PluginError(122, problem);
  };
  const [mac = "", hairpin, proxyArp, arpIgnore] = await runScript(shell, READ_SETTINGS, host, netns, ifName);
  const bridgeMac = prev.interfaces.find(({ name }) => name === bridge)?.mac ?? "";
  for (const { address, gateway } of prev.ips.filter((ip) => isIpv4(ip.address) && ip.gateway !== undefined)) {
    const own = address.split("/")[0] ?? "";
    demand(
      node.routes.some(({ dst, dev }) => dst === `${own}/32` && dev === bridge),
      `the route to ${own} is missing on the node`,
    );
    demand(
      node.neighbors.includes(`${own} dev ${bridge} lladdr ${mac}`) &&
        container.neighbors.includes(`${canonicalAddress(gateway ?? "")} dev ${ifName} lladdr ${bridgeMac}`),
      "a neighbor entry is missing",
    );
  }
  demand(hairpin === "1", "hairpin mode is off");
  demand(proxyArp === "1" && arpIgnore === "1", "a kernel setting was reset");
}
