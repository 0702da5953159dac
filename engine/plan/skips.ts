/** Explains why parts of a plan cannot be measured, in sentences for the plan and the reports. Pure. */
import { atLeast } from "../../cni/index.ts";
import { type Cluster, preferredKind } from "../../clusters/index.ts";
import { type MetricName, METRICS } from "../../core/metrics.ts";
import { FAMILIES, type Family, isServicePath, type Path } from "../../core/model.ts";
import type { Plugin } from "../../plugins/index.ts";
import type { Runner } from "../../runners/index.ts";
import type { Scenario } from "../../suites/index.ts";
import { isDaemonMetric } from "./daemon-metrics.ts";
import type { KernelFeature } from "../preflight/kernel-probe.ts";

/** The properties of a cluster that decide what can be measured on it. */
export interface ClusterTraits {
  /** Name of the cluster kind. */
  readonly name: string;
  readonly api: Cluster["api"];
  /** Families that its pods support. Default: all. */
  readonly families?: readonly Family[];
  /** Features that the kernel of the nodes lacks. */
  readonly missingFeatures: ReadonlySet<KernelFeature>;
  /** Whether the shells of the nodes see only their own processes. */
  readonly hidesProcesses?: boolean;
}

/** Pods that measurements keep on the first node: a client, and a server for path `same-node`. */
const LASTING_PODS_PER_NODE = 2;

const SINGLE_NODE_PATHS: readonly Path[] = ["same-node", "hairpin", "api-server"];

/** The reason for a skip, or undefined. In all functions below, a null plugin is the baseline. */
type SkipReason = string | undefined;

export function cannotDeploy(plugin: Plugin | null, family: Family, traits: ClusterTraits): SkipReason {
  const { name, api, families = FAMILIES } = traits;
  if (plugin !== null && plugin[api] === undefined) return `${plugin.name} has no recipe for ${name}`;
  if (!families.includes(family)) return `${name} clusters support only ${families.join(", ")}, not ${family}`;
  return missingFeature(plugin, family, traits) ?? unsupportedFamily(plugin, family);
}

function missingFeature(plugin: Plugin | null, family: Family, { missingFeatures }: ClusterTraits): SkipReason {
  const linkType = plugin?.bare?.linkTypes.find((type) => missingFeatures.has(type));
  const missing = linkType ?? (family !== "ipv4" && missingFeatures.has("IPv6") ? "IPv6" : undefined);
  return missing === undefined ? undefined : `the kernel lacks ${missing}`;
}

function unsupportedFamily(plugin: Plugin | null, family: Family): SkipReason {
  const families = plugin?.bare?.families;
  if (families === undefined || families.includes(family)) return undefined;
  return `${plugin?.name} supports only ${families.join(", ")}, not ${family}`;
}

export function unsupportedPodRange(plugin: Plugin | null, { podRange }: Scenario): SkipReason {
  const largestRange = plugin?.bare?.minPodRangePrefix ?? 0;
  if (podRange >= largestRange) return undefined;
  return `${plugin?.name} supports pod ranges up to /${largestRange} per node, not /${podRange}`;
}

/** Checks cannot use a configuration that names an interface of the cluster's nodes. */
export function checksNeedOwnInterfaces(plugin: Plugin | null, runner: Runner): SkipReason {
  if (runner.scope !== "checks" || (plugin?.bare?.spareLinks ?? 0) === 0) return undefined;
  return `the configuration of ${plugin?.name} names an interface of the nodes; use "cnibench conformance" instead`;
}

export function tooManyPods(plugin: Plugin | null, runner: Runner, { params }: Scenario): SkipReason {
  const limit = plugin?.bare?.podLimit;
  const pods = LASTING_PODS_PER_NODE + (runner.scope === "lifecycle" ? runner.maxPods(params) : 0);
  if (limit === undefined || pods <= limit.pods) return undefined;
  return `${limit.reason}; this scenario needs ${pods} pods on a node`;
}

export function cannotCreateBackgroundObjects(
  plugin: Plugin | null,
  { standing: objects }: Scenario,
  traits: ClusterTraits,
): SkipReason {
  if (objects === undefined) return undefined;
  const reason = withoutKubernetes("background objects need", traits);
  if (reason !== undefined) return reason;
  const unsupported = objects.policies > 0 && plugin !== null && plugin.kubernetes?.enforcesPolicy !== true;
  return unsupported ? `unsupported: ${plugin.name} does not claim to enforce network policies` : undefined;
}

/** @param metric a metric of a runner that measures between two endpoints */
export function unsupportedPath(path: Path, metric: MetricName, traits: ClusterTraits): SkipReason {
  if (!isServicePath(path)) return undefined;
  const reason = withoutKubernetes(`path ${path} needs`, traits);
  return reason ?? (path === "headless" ? undefined : METRICS[metric].unavailableThroughServiceIp);
}

export function hiddenDaemons(metric: MetricName, { name, hidesProcesses }: ClusterTraits): SkipReason {
  return hidesProcesses === true && isDaemonMetric(metric)
    ? `nodes of ${name} clusters are accessed through pods, which cannot see other processes`
    : undefined;
}

export function needsKubernetes(runner: Runner, traits: ClusterTraits): SkipReason {
  const needed = runner.scope === "cluster" || (runner.scope === "checks" && runner.target === "cluster");
  const reason = needed ? withoutKubernetes(`${runner.name} needs`, traits) : undefined;
  return reason === undefined ? undefined : `${reason}; use --cluster ${preferredKind("kubernetes").name}`;
}

/** @param need subject and verb: `path service needs` */
function withoutKubernetes(need: string, { name, api }: ClusterTraits): SkipReason {
  return api === "bare" ? `${need} Kubernetes, which ${name} clusters do not have` : undefined;
}

export function tooFewNodes(path: Path, nodes: number): SkipReason {
  return !SINGLE_NODE_PATHS.includes(path) && nodes < 2 ? `path ${path} needs two nodes; use --nodes 2` : undefined;
}

export function specTooOld(runner: Runner, metric: MetricName, plugin: Plugin, api: Cluster["api"]): SkipReason {
  const since = runner.scope === "lifecycle" ? runner.sinceSpecVersion[metric] : undefined;
  const version = plugin[api]?.specVersion;
  if (since === undefined || version === undefined || atLeast(version, since)) return undefined;
  return `the configuration of ${plugin.name} uses CNI spec ${version}; this metric needs ${since}`;
}
