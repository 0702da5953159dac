/** The facts of a cluster that a Kubernetes recipe gets in tests. */
import type { KubernetesContext } from "../../plugins/plugin.ts";

export const KUBERNETES_CONTEXT: KubernetesContext = {
  clusterCidr: "10.99.0.0/16",
  nodes: 2,
  loadImage: "load:1",
  apiServer: { host: "control", port: 6443 },
  byDigest: true,
  underlayMtu: 1500,
};
