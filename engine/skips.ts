/** Why something in a plan cannot be measured, as sentences for the plan and the reports. Pure. */
import type { Cluster } from "../clusters/cluster.ts";
import type { Family } from "../core/family.ts";
import { isServicePath, type MetricName, type Path } from "../core/model.ts";
import type { Plugin } from "../plugins/plugin.ts";
import type { Runner } from "../runners/runner.ts";
import type { Scenario } from "../suites/suite.ts";
import { isDaemonMetric } from "./daemon-metrics.ts";
import type { KernelFeature } from "./kernel-probe.ts";

/** What of the cluster decides whether something can be measured on it. */
export interface ClusterTraits {
  /** Name of its kind. */
  readonly name: string;
  readonly api: Cluster["api"];
  /** What the kernel of the nodes has not. */
  readonly missingFeatures: ReadonlySet<KernelFeature>;
  /** The shells of its nodes see only their own processes. */
  readonly hidesProcesses?: boolean;
}

/** Pods that measurements keep on a node: a client, and a server on the same node. */
const LASTING_PODS_PER_NODE = 2;

/** Paths that take one node. */
const SINGLE_NODE_PATHS: readonly Path[] = ["same-node", "hairpin", "api-server"];

/** undefined: nothing stands in the way. @param plugin null for the baseline. */
export function cannotDeploy(
  plugin: Plugin | null,
  family: Family,
  { name, api, missingFeatures: lacking }: ClusterTraits,
): string | undefined {
  if (plugin !== null && plugin[api] === undefined) return `${plugin.name} has no recipe for ${name}`;
  if (api === "kubernetes")
    return family === "ipv4" ? undefined : `${name} clusters give pods only ipv4, not ${family}`;
  const missing =
    plugin?.bare?.linkTypes.find((link) => lacking.has(link)) ??
    (family !== "ipv4" && lacking.has("IPv6") ? "IPv6" : undefined);
  if (missing !== undefined) return `the kernel lacks ${missing}`;
  const families = plugin?.bare?.families;
  if (families === undefined || families.includes(family)) return undefined;
  return `${plugin?.name} gives pods only ${families.join(", ")}, not ${family}`;
}

/** undefined: the plugin can have the pods of the scenario on one node. @param plugin null for the baseline. */
export function tooManyPods(plugin: Plugin | null, runner: Runner, { params, podRange }: Scenario): string | undefined {
  const { minPodRangePrefix: largestRange = 0, podLimit: limit, spareLinks = 0 } = plugin?.bare ?? {};
  if (podRange < largestRange)
    return `the range of ${plugin?.name}'s pods on a node is at most a /${largestRange}, not a /${podRange}`;
  if (spareLinks > 0 && runner.scope === "checks")
    return `its configuration names an interface of the cluster's nodes; check it with: cnibench conformance ${plugin?.name}`;
  const pods = LASTING_PODS_PER_NODE + (runner.scope === "lifecycle" ? runner.maxPods(params) : 0);
  return limit !== undefined && pods > limit.pods ? `${limit.reason}; this needs ${pods} pods on a node` : undefined;
}

/** undefined: what the scenario wants to stand on the cluster can stand there. @param plugin null for the baseline. */
export function cannotCreateBackgroundObjects(
  plugin: Plugin | null,
  { standing: objects }: Scenario,
  { name, api }: ClusterTraits,
): string | undefined {
  if (objects === undefined) return undefined;
  if (api === "bare") return `what stands on a cluster is made by Kubernetes; ${name} clusters have none`;
  const unsupported = objects.policies > 0 && plugin !== null && plugin.kubernetes?.enforcesPolicy !== true;
  return unsupported ? `unsupported: ${plugin.name} does not claim to enforce network policies` : undefined;
}

/** @param metric of a runner that measures between two ends */
export function unsupportedPath(path: Path, metric: MetricName, { name, api }: ClusterTraits): string | undefined {
  if (!isServicePath(path)) return undefined;
  if (api === "bare") return `path ${path} is made by Kubernetes; ${name} clusters have none`;
  return metric === "mtu" && path !== "headless"
    ? "the MTU is probed with pings, and the address of a service answers none"
    : undefined;
}

export function hiddenDaemons(metric: MetricName, { name, hidesProcesses }: ClusterTraits): string | undefined {
  return hidesProcesses === true && isDaemonMetric(metric)
    ? `the nodes of ${name} clusters are entered by pods, which do not see the processes of others`
    : undefined;
}

export function needsKubernetes(runner: Runner, { name, api }: ClusterTraits): string | undefined {
  const needed = runner.scope === "cluster" || (runner.scope === "checks" && runner.target === "cluster");
  if (!needed || api === "kubernetes") return undefined;
  return `${runner.name} needs Kubernetes, and clusters of kind ${name} have none; use --cluster kind`;
}

export function tooFewNodes(path: Path, nodes: number): string | undefined {
  return !SINGLE_NODE_PATHS.includes(path) && nodes < 2
    ? `path ${path} needs two nodes; ask for them with --nodes 2`
    : undefined;
}

export function specTooOld(
  runner: Runner,
  metric: MetricName,
  plugin: Plugin,
  api: Cluster["api"],
): string | undefined {
  const since = runner.scope === "lifecycle" ? runner.sinceSpecVersion[metric] : undefined;
  const version = plugin[api]?.specVersion;
  if (since === undefined || version === undefined || version >= since) return undefined;
  return `the configuration of ${plugin.name} is of spec ${version}; this needs ${since}`;
}
