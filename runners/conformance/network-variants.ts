/** The network under test in other forms: with a small pool, without IPAM, beside a second network. */
import { withVersion } from "../../cni/conf.ts";
import { isObject, type JsonObject } from "../../cni/json.ts";
import type { NetworkConfigList, PluginConfig } from "../../cni/types.ts";

/** Keys by which plugins with a pool of addresses are told which; those that the reference plugin host-local made common. */
const POOL_KEYS = ["subnet", "ranges", "rangeStart", "rangeEnd", "gateway"];

/** The list with its plugins changed, or only the one at an index. */
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

/** With another `ipam` object; plugins that have none stay as they are. */
export function withIpam(list: NetworkConfigList, ipam: JsonObject): NetworkConfigList {
  return changePlugins(list, (raw) => (isObject(raw.ipam) ? { ...raw, ipam } : raw));
}

export function withoutIpam(list: NetworkConfigList): NetworkConfigList {
  return changePlugins(list, (raw) => Object.fromEntries(Object.entries(raw).filter(([key]) => key !== "ipam")));
}

/** The same network with these ranges to hand addresses out of; null when its pool is not set by a common key. */
export function withPool(list: NetworkConfigList, ...subnets: readonly string[]): NetworkConfigList | null {
  const ipam = ipamOf(list);
  if (ipam === null || !(typeof ipam.subnet === "string" || Array.isArray(ipam.ranges))) return null;
  const rest = Object.fromEntries(Object.entries(ipam).filter(([key]) => !POOL_KEYS.includes(key)));
  // A default route in a family that the pool lacks would be refused.
  const routes =
    Array.isArray(ipam.routes) && subnets.every((subnet) => !subnet.includes(":"))
      ? { routes: ipam.routes }
      : { routes: [] };
  return renameBridge(withIpam(list, { ...rest, ...routes, ranges: subnets.map((subnet) => [{ subnet }]) }));
}

/** A bridge keeps the gateway address of the range that it was made for, so another range gets another bridge. */
function renameBridge(list: NetworkConfigList): NetworkConfigList {
  return changePlugins(list, (raw) =>
    typeof raw.bridge === "string" ? { ...raw, bridge: `${raw.bridge.slice(0, 13)}b` } : raw,
  );
}

/** Versions before 0.3.0 know ranges too, for those are the plugin's own keys. A /30 has one address besides its gateway. */
export function withSingleAddress(list: NetworkConfigList): NetworkConfigList | null {
  return withPool(list, "10.203.0.0/30");
}

/** A second network of the same plugins: another name, another bridge, another range. */
export function secondNetwork(list: NetworkConfigList): NetworkConfigList {
  const other = withPool(list, "10.204.0.0/24") ?? renameBridge(list);
  return withVersion({ ...other, name: `${list.name}-b` }, list.cniVersion);
}

/** Whether {@link secondNetwork} has another range: with one range for both networks, their addresses may collide. */
export function hasOwnRange(list: NetworkConfigList): boolean {
  return withPool(list, "10.204.0.0/24") !== null;
}

/** Why a second network cannot be tested then. */
export const NO_SECOND_RANGE =
  "the plugin's pool is not set by subnet or ranges, and two networks with one range may collide";
