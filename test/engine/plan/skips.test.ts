/** Skips of a plan on Kubernetes and without it, each with its reason. */
import { expect, test } from "vitest";
import { SERVICE_PATHS, TCP_PATHS } from "../../../core/model.ts";
import type { PlanInput } from "../../../engine/plan/make-plan.ts";
import { plugins } from "../../../plugins/index.ts";
import type { Plugin } from "../../../plugins/plugin.ts";
import { planOf, scenarioOf, suiteOf } from "./plan-builders.ts";

const { bridge, simplecni } = plugins;
const POD_PATHS = TCP_PATHS.filter((path) => path !== "host");
const scenario = scenarioOf({ name: "tcp", runner: "iperf3", paths: POD_PATHS });
const suites = [
  suiteOf({ scenarios: [scenario, { ...scenario, name: "tcp6", family: "ipv6", paths: ["cross-node"] }] }),
];

function skipsOf(cluster: string, api: PlanInput["api"], plugin: Plugin): Set<string | undefined> {
  const plan = planOf({ suites, plugins: [plugin], cluster, api });
  const cells = plan.cells.filter((cell) => cell.plugin === plugin.name && cell.scenario === "tcp");
  return new Set(
    cells.flatMap(({ path, metric, skip }) =>
      skip === undefined ? [] : [`${path} ${metric === "mtu" ? "mtu" : "rest"}: ${skip}`],
    ),
  );
}

test("service paths are skipped without Kubernetes; on Kubernetes only their MTU is skipped", () => {
  const reasons = SERVICE_PATHS.map((path) => `path ${path} needs Kubernetes, which netns clusters do not have`);
  expect(skipsOf("netns", "bare", simplecni)).toEqual(
    new Set(SERVICE_PATHS.flatMap((path, i) => [`${path} rest: ${reasons[i]}`, `${path} mtu: ${reasons[i]}`])),
  );
  const reason = "the MTU is probed with pings, which service addresses do not answer";
  expect(skipsOf("kind", "kubernetes", simplecni)).toEqual(
    new Set(SERVICE_PATHS.filter((path) => path !== "headless").map((path) => `${path} mtu: ${reason}`)),
  );
});

test("runners that need an entire cluster or its DNS have no baseline and are skipped without Kubernetes", () => {
  const names = suiteOf({
    scenarios: [
      scenarioOf({ name: "dns", runner: "dns", paths: ["headless"] }),
      scenarioOf({ name: "api", runner: "api-server" }),
    ],
  });
  const cells = (cluster: string, api: PlanInput["api"]) =>
    planOf({ suites: [names], plugins: [simplecni], cluster, api, nodes: 1 }).cells.filter(
      ({ metric }) => metric === "latency-p50",
    );
  expect(cells("kind", "kubernetes").map(({ id, skip }) => [id, skip])).toEqual([
    ["s/dns/simplecni/kind/headless/latency-p50", "path headless needs two nodes; use --nodes 2"],
    ["s/api/simplecni/kind/api-server/latency-p50", undefined],
  ]);
  expect(cells("netns", "bare").map(({ skip }) => skip)).toEqual([
    "path headless needs Kubernetes, which netns clusters do not have",
    "api-server needs Kubernetes, which netns clusters do not have; use --cluster kind",
  ]);
});

test("background objects need Kubernetes, and background policies a plugin that enforces them", () => {
  const { flannel, calico } = plugins;
  const standing = suiteOf({
    scenarios: [{ ...scenario, name: "busy", paths: ["cross-node"], standing: { services: 0, policies: 1, pods: 0 } }],
  });
  const skips = (cluster: string, api: PlanInput["api"], plugin: Plugin) =>
    planOf({ suites: [standing], plugins: [plugin], cluster, api }).cells.find(
      ({ path, metric }) => path === "cross-node" && metric === "throughput",
    )?.skip;
  expect(skips("kind", "kubernetes", calico)).toBeUndefined();
  expect(skips("kind", "kubernetes", flannel)).toBe("unsupported: flannel does not claim to enforce network policies");
  expect(skips("netns", "bare", simplecni)).toBe(
    "background objects need Kubernetes, which netns clusters do not have",
  );
});

test("plugins without a recipe for the cluster kind, and IPv6, are skipped with that reason", () => {
  const reasons = [...skipsOf("kind", "kubernetes", bridge)].map((reason) => reason?.replace(/^.*?: /, ""));
  expect(new Set(reasons)).toEqual(new Set(["bridge has no recipe for kind"]));
  const plan = planOf({ suites, plugins: [simplecni], cluster: "kind", api: "kubernetes", families: ["ipv4"] });
  const ipv6Skips = new Set(plan.cells.filter((cell) => cell.scenario === "tcp6").map(({ skip }) => skip));
  expect(ipv6Skips).toEqual(new Set(["kind clusters support only ipv4, not ipv6"]));
});
