/** The specification of the cluster of a plugin. */
import { expect, test } from "vitest";
import type { ClusterSpec } from "../../../clusters/cluster.ts";
import { clusterSpecFor } from "../../../engine/deploy/deploy.ts";
import { plugins } from "../../../plugins/index.ts";

const { simplecni } = plugins;

test("a cluster uses the plugin's kube-proxy mode, and kind's default plugin only if it is measured", () => {
  const spec: ClusterSpec = { nodes: 2, underlayMtu: 1500 };
  const kubernetes = { cni: "none", kubeProxyMode: "iptables" };
  const recipe = simplecni.kubernetes;
  if (recipe === undefined) throw new Error("simplecni has no recipe for Kubernetes");
  expect(clusterSpecFor(spec, null).kubernetes).toEqual(kubernetes);
  expect(clusterSpecFor(spec, { ...simplecni, kubernetes: { ...recipe, kubeProxyMode: "none" } }).kubernetes).toEqual({
    ...kubernetes,
    kubeProxyMode: "none",
  });
  expect(clusterSpecFor(spec, { ...simplecni, kubernetes: { ...recipe, install: null } }).kubernetes).toEqual({
    ...kubernetes,
    cni: "default",
  });
});
