/** What a plan says of Kubernetes: which plugins and paths there are, and what a cluster is asked for. */
import { expect, test } from "vitest";
import type { ClusterSpec } from "../../clusters/cluster.ts";
import { SERVICE_PATHS, TCP_PATHS } from "../../core/model.ts";
import { makePlan, type PlanInput } from "../../engine/plan.ts";
import { clusterSpecFor } from "../../engine/cluster-spec.ts";
import { plugins } from "../../plugins/index.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { runners } from "../../runners/index.ts";
import type { Suite } from "../../suites/suite.ts";

const { bridge, simplecni } = plugins;
const POD_PATHS = TCP_PATHS.filter((path) => path !== "host");
const scenario = {
  name: "tcp",
  runner: "iperf3",
  paths: POD_PATHS,
  family: "ipv4",
  podRange: 24,
  repetitions: 1,
  params: {},
} as const;
const suite: Suite = {
  name: "s",
  description: "",
  blocks: 1,
  duration: 1,
  scenarios: [scenario, { ...scenario, name: "tcp6", family: "ipv6", paths: ["cross-node"] }],
};

function skipsOf(cluster: string, api: PlanInput["api"], plugin: Plugin): Set<string | undefined> {
  const plan = makePlan({
    suites: [suite],
    plugins: [plugin],
    runners,
    cluster,
    api,
    clusterReason: "",
    nodes: 2,
    seed: 1,
    missingFeatures: new Set(),
  });
  const cells = plan.cells.filter((cell) => cell.plugin === plugin.name && cell.scenario === "tcp");
  return new Set(
    cells.flatMap(({ path, metric, skip }) =>
      skip === undefined ? [] : [`${path} ${metric === "mtu" ? "mtu" : "rest"}: ${skip}`],
    ),
  );
}

test("paths of services are skipped where there are none, and their MTU where there are", () => {
  const none = SERVICE_PATHS.map((path) => `path ${path} is made by Kubernetes; netns clusters have none`);
  expect(skipsOf("netns", "bare", simplecni)).toEqual(
    new Set(SERVICE_PATHS.flatMap((path, i) => [`${path} rest: ${none[i]}`, `${path} mtu: ${none[i]}`])),
  );
  const pings = "the MTU is probed with pings, and the address of a service answers none";
  expect(skipsOf("kind", "kubernetes", simplecni)).toEqual(
    new Set(SERVICE_PATHS.filter((path) => path !== "headless").map((path) => `${path} mtu: ${pings}`)),
  );
});

test("what needs a whole cluster, or a name in it, has no baseline, and is skipped without Kubernetes", () => {
  const names = {
    ...suite,
    scenarios: [
      { ...scenario, name: "dns", runner: "dns", paths: ["headless"] },
      { ...scenario, name: "api", runner: "api-server", paths: [] },
    ],
  } as const;
  const cells = (cluster: string, api: PlanInput["api"]) =>
    makePlan({
      suites: [names],
      plugins: [simplecni],
      runners,
      cluster,
      api,
      clusterReason: "",
      nodes: 1,
      seed: 1,
      missingFeatures: new Set(),
    }).cells.filter(({ metric }) => metric === "latency-p50");
  expect(cells("kind", "kubernetes").map(({ id, skip }) => [id, skip])).toEqual([
    ["s/dns/simplecni/kind/headless/latency-p50", "path headless needs two nodes; ask for them with --nodes 2"],
    ["s/api/simplecni/kind/api-server/latency-p50", undefined],
  ]);
  expect(cells("netns", "bare").map(({ skip }) => skip)).toEqual([
    "path headless is made by Kubernetes; netns clusters have none",
    "api-server needs Kubernetes, and clusters of kind netns have none; use --cluster kind",
  ]);
});

test("what stands on a cluster needs Kubernetes, and policies a plugin that enforces them", () => {
  const { flannel, calico } = plugins;
  const standing = {
    ...suite,
    scenarios: [{ ...scenario, name: "much", paths: ["cross-node"], standing: { services: 0, policies: 1, pods: 0 } }],
  } as const;
  const skips = (cluster: string, api: PlanInput["api"], plugin: Plugin) =>
    makePlan({
      suites: [standing],
      plugins: [plugin],
      runners,
      cluster,
      api,
      clusterReason: "",
      nodes: 2,
      seed: 1,
      missingFeatures: new Set(),
    }).cells.find(({ path, metric }) => path === "cross-node" && metric === "throughput")?.skip;
  expect(skips("kind", "kubernetes", calico)).toBeUndefined();
  expect(skips("kind", "kubernetes", flannel)).toBe("unsupported: flannel does not claim to enforce network policies");
  expect(skips("netns", "bare", simplecni)).toBe(
    "what stands on a cluster is made by Kubernetes; netns clusters have none",
  );
});

test("a plugin without a recipe for the cluster is skipped with that reason, and so is IPv6", () => {
  expect(
    [...skipsOf("kind", "kubernetes", bridge)].every((reason) => reason?.endsWith("bridge has no recipe for kind")),
  ).toBe(true);
  const plan = makePlan({
    suites: [suite],
    plugins: [simplecni],
    runners,
    cluster: "kind",
    api: "kubernetes",
    clusterReason: "",
    nodes: 2,
    seed: 1,
    missingFeatures: new Set(),
  });
  const six = new Set(plan.cells.filter((cell) => cell.scenario === "tcp6").map(({ skip }) => skip));
  expect(six).toEqual(new Set(["kind clusters give pods only ipv4, not ipv6"]));
});

test("a cluster has the proxy that the plugin asks for, and kind's own plugin only where that is measured", () => {
  const kubernetes = {
    runId: "x",
    cni: "none",
    podCidr: "10.244.0.0/16",
    kubeProxyMode: "iptables",
    loadImage: "load",
    logs: null,
  } as const;
  const spec: ClusterSpec = { nodes: 2, underlayMtu: 1500, kubernetes };
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
