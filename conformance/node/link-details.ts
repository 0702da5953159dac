/** Attributes that only some kinds of links have: modes, VLANs, and the attributes of bridge ports. */
import { run, succeeded, CommandError, type Output, type Shell } from "../../core/shell.ts";
import { numberAt, stringAt, tryParse, valueAt } from "../../core/untrusted-json.ts";
import { inspect } from "./recorder.ts";

export interface LinkDetails {
  readonly index: number;
  readonly name: string;
  readonly kind: string;
  /** Of a macvlan or ipvlan link; "" for other kinds. */
  readonly mode: string;
  /** Of a VLAN link; 0 for other kinds. */
  readonly vlanId: number;
  /** Names of the on/off attributes of a bridge port that differ from those of a new port. */
  readonly portAttributes: readonly string[];
  /** VLANs of a bridge port, except the one of a new port. */
  readonly portVlans: readonly number[];
}

/** The on/off attributes of a new bridge port, with the names that `ip` uses in its output and its input. */
const PORT_DEFAULTS: Readonly<Record<string, boolean>> = {
  hairpin: false,
  guard: false,
  root_block: false,
  learning: true,
  flood: true,
  proxy_arp: false,
  proxy_arp_wifi: false,
  mcast_flood: true,
  bcast_flood: true,
  mcast_to_unicast: false,
  neigh_suppress: false,
  isolated: false,
  locked: false,
};

const DEFAULT_VLAN = 1;

const READ_SCRIPT = "ip -j -d link show; echo; bridge -j vlan show 2>/dev/null; true";

export async function readLinkDetails(shell: Shell): Promise<readonly LinkDetails[]> {
  const [links, vlans] = (await inspect(shell, READ_SCRIPT)).split("\n\n").map((text) => asList(tryParse(text)));
  return (links ?? []).map((link) => toDetails(link, vlans ?? []));
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function toDetails(link: unknown, vlans: readonly unknown[]): LinkDetails {
  const name = stringAt(link, "ifname") ?? "";
  const kind = stringAt(link, "linkinfo", "info_kind") ?? "";
  const ofPort = vlans.find((entry) => stringAt(entry, "ifname") === name);
  return {
    index: numberAt(link, "ifindex") ?? 0,
    name,
    kind,
    mode: kind.endsWith("vlan") ? (stringAt(link, "linkinfo", "info_data", "mode") ?? "") : "",
    vlanId: kind === "vlan" ? (numberAt(link, "linkinfo", "info_data", "id") ?? 0) : 0,
    portAttributes: Object.entries(PORT_DEFAULTS).flatMap(([key, normal]) => {
      const value = valueAt(link, "linkinfo", "info_slave_data", key);
      return typeof value === "boolean" && value !== normal ? [key] : [];
    }),
    portVlans: asList(valueAt(ofPort, "vlans"))
      .map((entry) => numberAt(entry, "vlan") ?? 0)
      .filter((id) => id > DEFAULT_VLAN),
  };
}

/** Another mode of the same kind of link. */
const OTHER_MODES: Readonly<Record<string, (mode: string) => string>> = {
  macvlan: (mode) => (mode === "private" ? "bridge" : "private"),
  ipvlan: (mode) => (mode === "l3" ? "l2" : "l3"),
};

/** @returns false when the kernel does not allow another mode */
export async function changeMode(shell: Shell, { name, kind, mode }: LinkDetails): Promise<boolean> {
  const other = OTHER_MODES[kind]?.(mode) ?? "";
  return isAllowed(await shell.exec(["ip", "link", "set", "dev", name, "type", kind, "mode", other]));
}

/** @returns false when the kernel does not allow another value */
export async function resetPortAttribute(shell: Shell, port: string, attribute: string): Promise<boolean> {
  const value = PORT_DEFAULTS[attribute] === true ? "on" : "off";
  return isAllowed(await shell.exec(["ip", "link", "set", "dev", port, "type", "bridge_slave", attribute, value]));
}

/** @throws CommandError */
function isAllowed(output: Output): boolean {
  if (!succeeded(output) && !/Operation not supported|Invalid argument/.test(output.stderr))
    throw new CommandError(output);
  return succeeded(output);
}

export async function removePortVlan(shell: Shell, port: string, vlan: number): Promise<void> {
  await run(shell, ["bridge", "vlan", "del", "dev", port, "vid", String(vlan)]);
}

/**
 * NETNS IFNAME PARENT ID: replaces a VLAN link by one with another ID and the same attributes, addresses and routes,
 * because the kernel does not change the ID of a link.
 */
const REPLACE_VLAN = `inside() { ip -n "$netns" "$@"; }
netns=$1 name=$2 parent=$3 id=$4
read -r mac mtu <<END
$(inside -o link show dev "$name" | sed 's/.* mtu \\([0-9]*\\) .*link.ether \\([^ ]*\\) .*/\\2 \\1/')
END
addresses=$(inside -o addr show dev "$name" scope global | sed 's/.* inet6* \\([^ ]*\\) .*/\\1/')
routes=$(inside -4 route show dev "$name"; echo; inside -6 route show dev "$name")
# A gateway must be reachable when its route is added.
routes=$(printf '%s\\n' "$routes" | sed '/ via /d'; printf '%s\\n' "$routes" | sed '/ via /!d')
inside link delete dev "$name"
ip link add link "$parent" name cnibench-vlan address "$mac" mtu "$mtu" netns "$netns" type vlan id "$id"
inside link set dev cnibench-vlan name "$name" up
for address in $addresses; do inside addr add "$address" dev "$name" noprefixroute; done
printf '%s\\n' "$routes" | while read -r dst rest; do
  case $dst in "" | fe80::/64) ;; *) inside route replace "$dst" $rest dev "$name" ;; esac
done`;

/** @param netns name of the container's namespace @param parent name of the parent on the node */
export async function changeVlanId(
  node: Shell,
  netns: string,
  { name, vlanId }: LinkDetails,
  parent: string,
): Promise<void> {
  await run(node, ["sh", "-ec", REPLACE_VLAN, "sh", netns, name, parent, String(vlanId + 1)]);
}
