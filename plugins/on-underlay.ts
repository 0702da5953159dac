/**
 * Plugins of containernetworking-plugins whose pods sit on the underlay itself, by a link on top of the node's eth0: macvlan
 * and ipvlan. The pods of all nodes share one segment, so each node hands out a part of its own of the cluster's range,
 * and nothing is routed. A node cannot reach such pods of its own: the kernel keeps the two apart.
 */
import { FAMILIES } from "../core/family.ts";
import type { LinkType, Plugin, RecipeContext } from "./plugin.ts";
import { rangesOf } from "./ranges.ts";
import { SPEC_VERSION } from "./reference.ts";

const MASTER = "eth0";

export const macvlan = onUnderlay("macvlan", "pods with a MAC address of their own on the node's network, host-local addresses", "bridge");
export const ipvlan = onUnderlay("ipvlan", "pods that share the MAC address of the node's interface, host-local addresses", "l2");

function onUnderlay(name: LinkType, summary: string, mode: string): Plugin {
  const config = (context: RecipeContext): string => {
    const ranges = rangesOf(context).map(({ cluster, first, last }) => [{ subnet: cluster, rangeStart: first, rangeEnd: last }]);
    const plugin = { type: name, master: MASTER, mode, mtu: context.underlayMtu, ipam: { type: "host-local", ranges } };
    return JSON.stringify({ cniVersion: SPEC_VERSION, name, plugins: [plugin] });
  };
  const needs = { tools: [], links: [name], families: FAMILIES } as const;
  return { name, summary, encapsulation: "none (pods on the underlay)", bare: { binaries: [name, "host-local"], ...needs, specVersion: SPEC_VERSION, config, files: () => [] } };
}
