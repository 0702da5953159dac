/** The nouns that every layer shares. SI units everywhere: s, B, bit/s, 1/s, ratios. */
import type { Shell } from "./shell.ts";

/** What is run on, and from: one member of a cluster. */
export interface Node {
  /** `node1`, `node2` ...; also its host name. */
  readonly name: string;
  readonly index: number;
  /** Address on the underlay. */
  readonly ip: string;
  /** Address on the underlay, IPv6; null on a system without it. */
  readonly ip6: string | null;
  /** The node's pod range, `10.244.1.0/24`; a scenario may ask for a larger one. */
  readonly podCidr: string;
  /** The same for IPv6, a /64. */
  readonly podCidr6: string;
  readonly shell: Shell;
}

/** An empty network namespace on a node, ready for a CNI ADD: what a container runtime makes for a pod. */
export interface Sandbox {
  readonly name: string;
  readonly node: Node;
  /** What CNI_NETNS is set to. */
  readonly netns: string;
  readonly shell: Shell;
  remove(): Promise<void>;
}

/** Two ends of a measurement: a pod, or on path `host` the node itself. */
export interface Endpoint {
  readonly name: string;
  readonly node: Node;
  /** First address, without prefix length. */
  readonly ip: string;
  readonly ifName: string;
  /** MTU of that interface, bytes. */
  readonly mtu: number;
  /** Whether `ip` is a service's that leads here: pings to it have no answer. */
  readonly isServiceIp?: true;
  /** Name that the cluster's name server has `ip` for, as pods of the same namespace ask for it. */
  readonly hostname?: string;
  readonly shell: Shell;
}

/** Where packets go on every cluster: node to node (the baseline), or from pod to pod. */
export const PLAIN_PATHS = ["host", "same-node", "cross-node"] as const;
/**
 * Where packets go to an address that is no pod's, on Kubernetes alone, always to a pod of the second node but for `hairpin`:
 * a service's address; a service's address from the pod that serves it; the second node's port; the port of the client's own
 * node; the second node's port where nodes pass nothing on (externalTrafficPolicy: Local); the pod's own address, which the
 * cluster's name server gives for a service without one; the address of a load balancer.
 */
export const SERVICE_PATHS = [
  "service",
  "hairpin",
  "nodeport",
  "nodeport-local",
  "external-local",
  "headless",
  "loadbalancer",
] as const;
/** Where loads can go. */
export const TCP_PATHS = [...PLAIN_PATHS, ...SERVICE_PATHS] as const;
/** Many load balancers take TCP or UDP, not both: on that path there is TCP alone. */
export const LOAD_PATHS = TCP_PATHS.filter((path) => path !== "loadbalancer");
/** The last one leads to no end of cnibench's own: from a pod to the API server. */
export const PATHS = [...TCP_PATHS, "api-server"] as const;
export type Path = (typeof PATHS)[number];
export type ServicePath = (typeof SERVICE_PATHS)[number];

export function isServicePath(path: Path): path is ServicePath {
  return (SERVICE_PATHS as readonly Path[]).includes(path);
}

/** Objects that are there while something is measured that is not about them: so many of each. */
export interface BackgroundObjects {
  readonly services: number;
  readonly policies: number;
  readonly pods: number;
}

export type Better = "higher" | "lower" | "none";

export interface Metric {
  readonly name: string;
  /** `bit/s`, `s`, `1/s`, `cores`, `cores per Gbit/s`, `B`, `1` (a count or ratio). */
  readonly unit: string;
  readonly better: Better;
}

/** Every metric that cnibench can report (stable names; docs/data-format.md). */
export const METRICS = {
  throughput: { name: "throughput", unit: "bit/s", better: "higher" },
  retransmits: { name: "retransmits", unit: "1", better: "lower" },
  loss: { name: "loss", unit: "1", better: "lower" },
  jitter: { name: "jitter", unit: "s", better: "lower" },
  transactions: { name: "transactions", unit: "1/s", better: "higher" },
  connects: { name: "connects", unit: "1/s", better: "higher" },
  "latency-mean": { name: "latency-mean", unit: "s", better: "lower" },
  "latency-p50": { name: "latency-p50", unit: "s", better: "lower" },
  "latency-p90": { name: "latency-p90", unit: "s", better: "lower" },
  "latency-p99": { name: "latency-p99", unit: "s", better: "lower" },
  "connect-time": { name: "connect-time", unit: "s", better: "lower" },
  "add-time": { name: "add-time", unit: "s", better: "lower" },
  "check-time": { name: "check-time", unit: "s", better: "lower" },
  "del-time": { name: "del-time", unit: "s", better: "lower" },
  "pod-ready-time": { name: "pod-ready-time", unit: "s", better: "lower" },
  "pod-start-p50": { name: "pod-start-p50", unit: "s", better: "lower" },
  "pod-start-p90": { name: "pod-start-p90", unit: "s", better: "lower" },
  "pod-start-p99": { name: "pod-start-p99", unit: "s", better: "lower" },
  "pairs-throughput": { name: "pairs-throughput", unit: "bit/s", better: "higher" },
  "pair-throughput-p50": { name: "pair-throughput-p50", unit: "bit/s", better: "higher" },
  "pair-throughput-min": { name: "pair-throughput-min", unit: "bit/s", better: "higher" },
  "pair-latency-p50": { name: "pair-latency-p50", unit: "s", better: "lower" },
  "pair-latency-max": { name: "pair-latency-max", unit: "s", better: "lower" },
  "rollout-time": { name: "rollout-time", unit: "s", better: "lower" },
  "policy-close-time": { name: "policy-close-time", unit: "s", better: "lower" },
  "policy-open-time": { name: "policy-open-time", unit: "s", better: "lower" },
  "pods-rate": { name: "pods-rate", unit: "1/s", better: "higher" },
  cpu: { name: "cpu", unit: "cores", better: "lower" },
  "cpu-user": { name: "cpu-user", unit: "cores", better: "none" },
  "cpu-system": { name: "cpu-system", unit: "cores", better: "none" },
  "cpu-softirq": { name: "cpu-softirq", unit: "cores", better: "none" },
  "cpu-per-gbit": { name: "cpu-per-gbit", unit: "cores per Gbit/s", better: "lower" },
  "cpu-daemons": { name: "cpu-daemons", unit: "cores", better: "lower" },
  "cpu-daemons-per-gbit": { name: "cpu-daemons-per-gbit", unit: "cores per Gbit/s", better: "lower" },
  memory: { name: "memory", unit: "B", better: "lower" },
  mtu: { name: "mtu", unit: "B", better: "none" },
} as const satisfies Record<string, Metric>;
export type MetricName = keyof typeof METRICS;

/** Doubt is data: a warning has a stable code, and a sentence with the numbers. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** One verdict of one conformance clause. */
export interface CheckResult {
  readonly clause: string;
  readonly section: string;
  readonly level: "MUST" | "SHOULD" | "MAY" | "derived" | "beyond";
  readonly specVersion: string;
  readonly status: "pass" | "fail" | "known" | "skip";
  /** What was seen; for a failure: expected and got, for a skip: why. */
  readonly message: string;
}

/** A problem found before anything was touched: what, and what to do about it. */
export interface Problem {
  readonly message: string;
  /** The next step: a command to paste where there is one. */
  readonly fix?: string;
}
