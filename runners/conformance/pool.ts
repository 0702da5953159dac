/** Configurations whose address pool has room for one container: how a freed address is seen from outside. */
import { withVersion } from "../../cni/conf.ts";
import { isObject, type JsonObject } from "../../cni/json.ts";
import type { NetworkConfigList, PluginConfig } from "../../cni/types.ts";

/** A /30: the network, the gateway, one address, the broadcast. */
const ONE_ADDRESS = "10.203.0.0/30";

/** The same network with one address, where its IPAM is one whose configuration is known; null otherwise. */
export function onePod(list: NetworkConfigList): NetworkConfigList | null {
  const index = list.plugins.findIndex(({ raw }) => isObject(raw.ipam) && raw.ipam.type === "host-local");
  if (index === -1) return null;
  const plugins = list.plugins.map((plugin, i) => (i === index ? withOneAddress(plugin) : plugin));
  return withVersion({ ...list, plugins }, list.cniVersion);
}

function withOneAddress(plugin: PluginConfig): PluginConfig {
  const ipam: JsonObject = { type: "host-local", subnet: ONE_ADDRESS };
  return { ...plugin, raw: { ...plugin.raw, ipam } };
}
