/** simplecni, the teaching plugin that cnibench ships: see plugins/simplecni/README.md. */
import type { Plugin } from "./plugin.ts";
import { subnetOf } from "./subnet.ts";

const SPEC_VERSION = "0.3.0";

export const simplecni: Plugin = {
  name: "simplecni",
  summary: "the teaching plugin: a bridge, veth pairs, a /24 for each node and static routes",
  encapsulation: "none (static routes)",
  bare: {
    binaries: ["simplecni"],
    shipped: { simplecni: "plugins/simplecni/simplecni" },
    tools: ["ip", "jq"],
    links: [],
    families: ["ipv4"],
    specVersion: SPEC_VERSION,
    config: ({ clusterCidr }) =>
      JSON.stringify({
        cniVersion: SPEC_VERSION,
        name: "simplecni",
        type: "simplecni",
        bridge: "simplecni0",
        subnet: clusterCidr,
      }),
    files: ({ nodeCidr }) => {
      const { address, prefix, gateway } = subnetOf(nodeCidr);
      const ipam = { Subnet: address, SubnetPrefix: prefix, Gateway: gateway, IPIndex: "1" };
      return [{ path: "/etc/cni/ipam.config", mode: 0o644, text: `${JSON.stringify(ipam)}\n` }];
    },
  },
};
