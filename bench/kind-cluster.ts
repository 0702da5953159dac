/** The kind cluster of the benchmarks. */
import type { ClusterSpec } from "../clusters/cluster.ts";
import { DEFAULT_LOAD_IMAGE } from "../kubernetes/objects/pod.ts";

/** Returns the specification; the variables CNIBENCH_TEST_NODE_IMAGE and CNIBENCH_TEST_LOAD_IMAGE select the images. */
export function kindClusterSpec(): ClusterSpec {
  const { CNIBENCH_TEST_NODE_IMAGE: nodeImage, CNIBENCH_TEST_LOAD_IMAGE: loadImage = DEFAULT_LOAD_IMAGE } = process.env;
  return {
    nodes: 2,
    underlayMtu: 1500,
    kubernetes: {
      runId: "bench",
      cni: "none",
      podCidr: "10.244.0.0/16",
      kubeProxyMode: "iptables",
      logs: null,
      loadImage,
      ...(nodeImage === undefined ? {} : { nodeImage }),
    },
  };
}
