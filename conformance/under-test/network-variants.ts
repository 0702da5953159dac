/** Variants of the network under test: with a small pool, without IPAM, and a second network. */
import { isObject, type JsonObject, type NetworkConfigList, type PluginConfig, withVersion } from "../../cni/index.ts";

/** Keys that configure the address pool of a plugin; the reference plugin host-local made them common. */
const POOL_KEYS = ["subnet", "ranges", "rangeStart", "rangeEnd", "gateway"];

/** Changes the configuration of every plugin, or only of the plugin at an index. */
export function changePlugins(
  list: NetworkConfigList,
  change: (raw: JsonObject) => JsonObject,
  index?: number,
): NetworkConfigList {
  const plugins = list.plugins.map((plugin, i): PluginConfig =>
    index === undefined || index === i ? { ...plugin, raw: change(plugin.raw) } : plugin,
  );
  return withVersion({ ...list, plugins }, list.cniVersion);
}

/** The `ipam` object of the first plugin that has one. */
export function ipamOf(list: NetworkConfigList): JsonObject | null {
  for (const { raw } of list.plugins) if (isObject(raw.ipam)) return raw.ipam;
  return null;
}

/** Replaces the `ipam` object of the plugins that have one. */
export function withIpam(list: NetworkConfigList, ipam: JsonObject): NetworkConfigList {
  return changePlugins(list, (raw) => (isObject(raw.ipam) ? { ...raw, ipam } : raw));
}

export function withoutIpam(list: NetworkConfigList): NetworkConfigList {
  return changePlugins(list, (raw) => Object.fromEntries(Object.entries(raw).filter(([key]) => key !== "ipam")));
}

/** The same network with these ranges as its pool; null when the pool is not set by `subnet` or `ranges`. */
export function withPool(list: NetworkConfigList, ...subnets: readonly string[]): NetworkConfigList | null {
  // Plugins reject a default route of an address family that the pool does not have.
  const routes = subnets.every((subnet) => !subnet.includes(":")) ? undefined : [];
  return withRanges(
    list,
    subnets.map((subnet) => ({ subnet })),
    routes,
  );
}

/** @param routes default: those of the network */
function withRanges(
  list: NetworkConfigList,
  ranges: readonly JsonObject[],
  routes?: readonly JsonObject[],
): NetworkConfigList | null {
  const ipam = ipamOf(list);
  if (ipam === null || !(typeof ipam.subnet === "string" || Array.isArray(ipam.ranges))) return null;
  const rest = Object.fromEntries(Object.entries(ipam).filter(([key]) => !POOL_KEYS.includes(key)));
  const own = Array.isArray(ipam.routes) ? ipam.routes : [];
  return renameBridge(withIpam(list, { ...rest, routes: routes ?? own, ranges: ranges.map((range) => [range]) }));
}

/** A range of each address family, with a start and an end that leave two addresses in addition to the gateway. */
const [IPV4_RANGE, IPV6_RANGE] = [
  { subnet: "10.203.0.0/24", rangeStart: "10.203.0.2", rangeEnd: "10.203.0.3" },
  { subnet: "fd00:cb::/64", rangeStart: "fd00:cb::2", rangeEnd: "fd00:cb::3" },
] as const;

/** The same network with a pool and a default route of both address families; null as for {@link withPool}. */
export function withDualStack(list: NetworkConfigList): NetworkConfigList | null {
  const subnets = [IPV4_RANGE, IPV6_RANGE].map(({ subnet }) => ({ subnet }));
  return withRanges(list, subnets, [{ dst: "0.0.0.0/0" }, { dst: "::/0" }]);
}

/** The network with a pool of two addresses, of both families and of IPv4; empty when the pool cannot be set. */
export function withTwoAddresses(list: NetworkConfigList): readonly NetworkConfigList[] {
  return [[IPV4_RANGE, IPV6_RANGE], [IPV4_RANGE]].flatMap((ranges) => withRanges(list, ranges, []) ?? []);
}

/** A bridge keeps the gateway address of its first range, so another range needs another bridge. */
function renameBridge(list: NetworkConfigList): NetworkConfigList {
  return changePlugins(list, (raw) =>
    typeof raw.bridge === "string" ? { ...raw, bridge: `${raw.bridge.slice(0, 13)}b` } : raw,
  );
}

/**
 * The same network with a pool of one or two addresses in addition to the gateway; null when the pool cannot be set.
 * Ranges are keys of the plugin, so they work in versions before 0.3.0 too.
 */
export function withAddresses(list: NetworkConfigList, count: 1 | 2): NetworkConfigList | null {
  if (count === 1) return withPool(list, "10.203.0.0/30");
  return withRanges(list, [IPV4_RANGE]);
}

/** A second network of the same plugins with another name, bridge and range. */
export function secondNetwork(list: NetworkConfigList): NetworkConfigList {
  const other = withPool(list, "10.204.0.0/24") ?? renameBridge(list);
  return withVersion({ ...other, name: `${list.name}-b` }, list.cniVersion);
}

/** Reports whether {@link secondNetwork} has another range. If not, the addresses of both networks may collide. */
export function hasOwnRange(list: NetworkConfigList): boolean {
  return withPool(list, "10.204.0.0/24") !== null;
}

/** The reason for a skip if it has not. */
export const NO_SECOND_RANGE =
  "the pool of the plugin is not set by subnet or ranges, and two networks with the same range may collide";
