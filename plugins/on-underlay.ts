/**
 * Recipes for plugins of containernetworking-plugins that attach pods directly to the underlay: with a link on top of
 * the node's eth0 (macvlan, ipvlan) or with a dedicated interface of the node (vlan, host-device). The pods of all
 * nodes share one segment, so each node assigns its own part of the cluster range and nothing is routed. A node
 * cannot reach its own pods of these plugins, because the kernel isolates them from it.
 */
import { FAMILIES } from "../core/model.ts";
import type { BarePlugin, BareRecipe, RecipeContext } from "./plugin.ts";
import { podRanges } from "./ranges.ts";
import { SPEC_VERSION } from "./reference.ts";

const VLAN_ID = 100;
/** Interfaces per node: one for a client, one for a server on the same node, one for short-lived pods. */
const SPARE_LINKS = 3;
const LINK_PER_POD = {
  spareLinks: SPARE_LINKS,
  podLimit: { pods: SPARE_LINKS, reason: `each pod uses an interface of its node, which has ${SPARE_LINKS} for pods` },
} as const;

export const macvlan = underlayPlugin(
  "macvlan",
  "macvlan interfaces with separate MAC addresses on the node network, host-local addresses",
  { linkTypes: ["macvlan"] },
  ({ device, underlayMtu }) => ({
    master: device,
    mode: "bridge",
    mtu: underlayMtu,
  }),
);

export const ipvlan = underlayPlugin(
  "ipvlan",
  "ipvlan interfaces that share the MAC address of the node interface, host-local addresses",
  { linkTypes: ["ipvlan"] },
  ({ device, underlayMtu }) => ({
    master: device,
    mode: "l2",
    mtu: underlayMtu,
  }),
);

export const vlan = underlayPlugin(
  "vlan",
  "VLAN interfaces, each on a dedicated interface of the node, host-local addresses",
  { linkTypes: ["vlan"], ...LINK_PER_POD },
  ({ device, underlayMtu }) => ({
    master: device,
    vlanId: VLAN_ID,
    mtu: underlayMtu,
  }),
);

export const hostDevice = underlayPlugin(
  "host-device",
  "a dedicated interface of the node moved into each pod, host-local addresses",
  { linkTypes: [], ...LINK_PER_POD },
  ({ device }) => ({ device }),
);

type Needs = Pick<BareRecipe, "linkTypes" | "spareLinks" | "podLimit">;

function underlayPlugin(
  name: string,
  summary: string,
  needs: Needs,
  options: (context: RecipeContext) => Readonly<Record<string, unknown>>,
): BarePlugin {
  const config = (context: RecipeContext): string => {
    const ranges = podRanges(context).map(({ cluster, firstAddress, lastAddress }) => [
      { subnet: cluster, rangeStart: firstAddress, rangeEnd: lastAddress },
    ]);
    const plugin = { type: name, ...options(context), ipam: { type: "host-local", ranges } };
    return JSON.stringify({ cniVersion: SPEC_VERSION, name, plugins: [plugin] });
  };
  const encapsulation = needs.linkTypes.includes("vlan")
    ? "802.1Q (pods on the underlay)"
    : "none (pods on the underlay)";
  return {
    name,
    summary,
    encapsulation,
    bare: {
      binaries: [name, "host-local"],
      tools: [],
      families: FAMILIES,
      ...needs,
      specVersion: SPEC_VERSION,
      config,
      files: () => [],
    },
  };
}
