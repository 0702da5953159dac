/** kindnet, what kind puts on a cluster when it is not told otherwise: the baseline among the plugins of kind. */
import type { Plugin } from "./plugin.ts";

export const kindnet: Plugin = {
  name: "kindnet",
  summary: "what kind brings along: veth pairs and a route to each other node",
  encapsulation: "none (routes)",
  kubernetes: {
    version: "of the node image",
    images: [], // in the node image
    install: null,
    nodeBinaries: [],
    workloads: [{ kind: "daemonset", namespace: "kube-system", name: "kindnet" }],
    nodeFiles: ["/etc/cni/net.d/10-kindnet.conflist"],
    specVersion: "0.3.1",
    enforcesPolicy: true, // since kind 0.24
  },
};
