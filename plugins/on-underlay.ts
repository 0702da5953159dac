/**
 * Plugins of containernetworking-plugins whose pods sit on the underlay itself: by a link on top of the node's eth0 (macvlan,
 * ipvlan), or by an interface of the node that is theirs alone (vlan, host-device). The pods of all nodes share one
 * segment, so each node hands out a part of its own of the cluster's range, and nothing is routed. A node cannot
 * reach such pods of its own: the kernel keeps the two apart.
 */
import { FAMILIES } from "../core/family.ts";
import type { BarePlugin, BareRecipe, RecipeContext } from "./plugin.ts";
import { podRanges } from "./ranges.ts";
import { SPEC_VERSION } from "./reference.ts";

const VLAN_ID = 100;
/** Interfaces for a client, for a server beside it, and for pods that come and go. */
const SPARE_LINKS = 3;
const LINK_PER_POD = {
  spareLinks: SPARE_LINKS,
  podLimit: { pods: SPARE_LINKS, reason: `each pod takes an interface of the node, which has ${SPARE_LINKS} for them` },
} as const;

export const macvlan = underlayPlugin(
  "macvlan",
  "pods with a MAC address of their own on the node's network, host-local addresses",
  { linkTypes: ["macvlan"] },
  ({ device, underlayMtu }) => ({
    master: device,
    mode: "bridge",
    mtu: underlayMtu,
  }),
);

export const ipvlan = underlayPlugin(
  "ipvlan",
  "pods that share the MAC address of the node's interface, host-local addresses",
  { linkTypes: ["ipvlan"] },
  ({ device, underlayMtu }) => ({
    master: device,
    mode: "l2",
    mtu: underlayMtu,
  }),
);

export const vlan = underlayPlugin(
  "vlan",
  "pods in a VLAN, each by an interface of the node that is its own, host-local addresses",
  { linkTypes: ["vlan"], ...LINK_PER_POD },
  ({ device, underlayMtu }) => ({
    master: device,
    vlanId: VLAN_ID,
    mtu: underlayMtu,
  }),
);

export const hostDevice = underlayPlugin(
  "host-device",
  "an interface of the node moves into each pod, host-local addresses",
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
    const ranges = podRanges(context).map(({ cluster, first, last }) => [
      { subnet: cluster, rangeStart: first, rangeEnd: last },
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
