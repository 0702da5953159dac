/** Recipe for simplecni, the teaching plugin that ships with cnibench (plugins/simplecni/README.md). */
import type { BarePlugin } from "./plugin.ts";
import { simplecniManifests, WORKLOAD } from "./simplecni/daemonset.ts";
import { subnetOf } from "./subnet.ts";

const SPEC_VERSION = "0.3.0";
const BRIDGE = "simplecni0";
/** Route protocol number that daemon.sh sets on its routes. */
const ROUTE_PROTOCOL = "77";

function networkConfig(clusterCidr: string): string {
  return JSON.stringify({
    cniVersion: SPEC_VERSION,
    name: "simplecni",
    type: "simplecni",
    bridge: BRIDGE,
    subnet: clusterCidr,
  });
}

export const simplecni: BarePlugin = {
  name: "simplecni",
  summary: "teaching plugin: a bridge, veth pairs, a /24 for each node and static routes",
  encapsulation: "none (static routes)",
  bare: {
    binaries: ["simplecni"],
    shippedBinaries: { simplecni: "plugins/simplecni/simplecni" },
    tools: ["ip", "jq"],
    linkTypes: [],
    families: ["ipv4"],
    minPodRangePrefix: 24,
    specVersion: SPEC_VERSION,
    config: ({ clusterCidr }) => networkConfig(clusterCidr),
    files: ({ nodeCidr }) => {
      const { address, firstHost } = subnetOf(nodeCidr);
      const ipam = { Subnet: address, SubnetPrefix: address.replace(/0$/, ""), Gateway: firstHost, IPIndex: "1" };
      return [{ path: "/etc/cni/ipam.config", mode: 0o644, source: { text: `${JSON.stringify(ipam)}\n` } }];
    },
  },
  kubernetes: {
    version: "as shipped",
    images: [],
    install: (context) => ({ manifests: simplecniManifests(context, networkConfig(context.clusterCidr)) }),
    specVersion: SPEC_VERSION,
    nodeBinaries: [],
    workloads: [WORKLOAD],
    nodeFiles: ["/opt/cni/bin/simplecni", "/etc/cni/ipam.config", "/etc/cni/net.d/10-simplecni.conf"],
    cleanupCommands: [
      { argv: ["ip", "route", "flush", "proto", ROUTE_PROTOCOL] },
      { argv: ["ip", "link", "delete", BRIDGE] },
    ],
    enforcesPolicy: false,
  },
};
