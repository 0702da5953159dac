/** Recipe for kindnet, the default CNI plugin of kind. */
import type { Plugin } from "./plugin.ts";

export const kindnet: Plugin = {
  name: "kindnet",
  summary: "default plugin of kind: veth pairs and a route to every other node",
  encapsulation: "none (routes)",
  kubernetes: {
    version: "from the node image",
    images: [], // included in the node image
    install: null,
    nodeBinaries: [],
    workloads: [{ kind: "daemonset", namespace: "kube-system", name: "kindnet" }],
    nodeFiles: ["/etc/cni/net.d/10-kindnet.conflist"],
    specVersion: "0.3.1",
    enforcesPolicy: true, // since kind 0.24
  },
};
