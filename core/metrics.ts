/** The metrics that cnibench can report. Their names are stable. */
import { idleRoundTrip, MAX_ROUND_TRIP_S, type Metric, type Place, roundTrip, time } from "./metric.ts";

const ALL = {
  throughput: {
    unit: "bit/s",
    better: "higher",
    label: "Throughput",
    meaning: "payload, counted by the receiver",
    shownIn: ["report", "terminal", "progress", "rate chart", "size chart"],
    cpuCost: "cpu-per-gbit",
  },
  retransmits: {
    unit: "1",
    better: "lower",
    equalWithin: 10,
    label: "Retransmitted segments",
    meaning: "retransmitted TCP segments during the load",
  },
  loss: {
    unit: "1",
    better: "lower",
    range: [0, 1],
    equalWithin: 0.001,
    label: "Packet loss ratio",
    meaning: "share of sent packets that did not arrive, 0 to 1",
    shownIn: ["report", "terminal", "rate chart"],
  },
  jitter: {
    ...time("Jitter", "variation of the transit time of UDP packets (RFC 1889, 6.3.1)"),
    noticeable: 1e-5,
    range: [0, MAX_ROUND_TRIP_S],
  },
  transactions: {
    unit: "1/s",
    better: "higher",
    dependsOn: "keepAwake",
    label: "Transactions",
    meaning: "answered requests",
    shownIn: ["report", "terminal"],
  },
  connects: {
    unit: "1/s",
    better: "higher",
    dependsOn: "keepAwake",
    label: "New connections",
    meaning: "TCP connections that were opened, used for one request and closed",
    shownIn: ["report", "terminal"],
  },
  "latency-mean": idleRoundTrip("Mean latency", "mean time of one request and its response"),
  "latency-p50": idleRoundTrip(
    "Latency, 50th percentile",
    "50th percentile of the time of one request and its response",
    ["terminal", "progress", "percentile chart"],
  ),
  "latency-p90": idleRoundTrip(
    "Latency, 90th percentile",
    "90th percentile of the time of one request and its response",
    ["percentile chart"],
  ),
  "latency-p99": idleRoundTrip(
    "Latency, 99th percentile",
    "99th percentile of the time of one request and its response",
    ["report", "terminal", "percentile chart"],
  ),
  "connect-time": idleRoundTrip("Connection setup time", "time to open a TCP connection, the median of many"),
  "add-time": time("ADD time", "time of ADD on one pod; for `crowd` the median of several pods", [
    "report",
    "terminal",
    "progress",
    "lifecycle chart",
    "pods chart",
  ]),
  "check-time": time("CHECK time", "time of CHECK on one pod; for `crowd` the median of several pods", [
    "lifecycle chart",
  ]),
  "del-time": time("DEL time", "time of DEL on one pod; for `crowd` the median of several pods", [
    "terminal",
    "lifecycle chart",
    "pods chart",
  ]),
  "pod-ready-time": time(
    "Time until a new pod responds",
    "time from the start of ADD to the first packet that the new pod answers",
    ["report", "terminal", "lifecycle chart"],
  ),
  "pod-start-p50": time(
    "Pod start time, 50th percentile",
    "50th percentile of the time from the request for a pod to its first answered packet",
  ),
  "pod-start-p90": time(
    "Pod start time, 90th percentile",
    "90th percentile of the time from the request for a pod to its first answered packet",
  ),
  "pod-start-p99": time(
    "Pod start time, 99th percentile",
    "99th percentile of the time from the request for a pod to its first answered packet",
  ),
  "pairs-throughput": {
    unit: "bit/s",
    better: "higher",
    range: [0, 1e15],
    label: "Combined throughput of all pairs",
    meaning: "total payload of all pairs in a round of `pairs`; the mean over the rounds",
    shownIn: ["report"],
  },
  "pair-throughput-p50": {
    unit: "bit/s",
    better: "higher",
    label: "Throughput of the median pair",
    meaning: "payload of the median pair of all rounds",
  },
  "pair-throughput-min": {
    unit: "bit/s",
    better: "higher",
    label: "Throughput of the slowest pair",
    meaning: "payload of the slowest pair of all rounds",
    shownIn: ["report"],
  },
  "pair-latency-p50": roundTrip(
    "Idle round-trip time of the median pair",
    "median round trip of an ICMP echo before the load, for the median pair",
  ),
  "pair-latency-max": roundTrip(
    "Idle round-trip time of the slowest pair",
    "median round trip of an ICMP echo before the load, for the slowest pair",
  ),
  "rollout-time": time(
    "Time to replace all pods",
    "time from the change of a Deployment to the first answered packet of its last new pod",
  ),
  "policy-close-time": time(
    "Time until a policy is enforced",
    "time from creating a network policy to the last packet that passed, the median of several",
  ),
  "policy-open-time": time(
    "Time until a policy deletion takes effect",
    "time from deleting a network policy to the first packet that passed, the median of several",
  ),
  "pods-rate": {
    unit: "1/s",
    better: "higher",
    label: "Pods attached to the network",
    meaning: "completed ADDs per second, several at a time",
    shownIn: ["report", "terminal", "progress"],
  },
  cpu: {
    unit: "cores",
    better: "lower",
    dependsOn: "cpuAccounting",
    noticeable: 0.01,
    label: "CPU usage",
    meaning: "CPU time of the load, all modes",
  },
  "cpu-user": {
    unit: "cores",
    better: "none",
    label: "CPU in user mode",
    meaning: "part of `cpu`",
    shownIn: ["cpu chart"],
  },
  "cpu-system": {
    unit: "cores",
    better: "none",
    label: "CPU in system mode",
    meaning: "part of `cpu`",
    shownIn: ["cpu chart"],
  },
  "cpu-softirq": {
    unit: "cores",
    better: "none",
    label: "CPU in soft interrupts",
    meaning: "part of `cpu`",
    shownIn: ["cpu chart"],
  },
  "cpu-per-gbit": {
    unit: "cores per Gbit/s",
    better: "lower",
    dependsOn: "cpuAccounting",
    label: "CPU per Gbit/s",
    meaning: "`cpu` / throughput",
    shownIn: ["report", "terminal", "size chart"],
  },
  "cpu-daemons": {
    unit: "cores",
    better: "lower",
    noticeable: 0.01,
    label: "CPU usage of the plugin's daemons",
    meaning: "CPU time of the plugin's daemons on the nodes of both endpoints, without subtraction, if it has daemons",
    reportedWith: "cpu",
  },
  "cpu-daemons-per-gbit": {
    unit: "cores per Gbit/s",
    better: "lower",
    label: "CPU of the plugin's daemons per Gbit/s",
    meaning: "`cpu-daemons` / throughput",
    reportedWith: "cpu-per-gbit",
  },
  memory: {
    unit: "B",
    better: "lower",
    noticeable: 2 ** 20,
    label: "Memory of the plugin's daemons",
    meaning: "peak resident memory of the plugin's daemons during the load, summed over their processes",
    reportedWith: "cpu",
  },
  mtu: {
    unit: "B",
    better: "none",
    definesNetwork: true,
    range: [68, 65_536],
    label: "Effective path MTU",
    meaning: "size of the largest packet that passes the path",
    unavailableThroughServiceIp: "the MTU is probed with pings, which service addresses do not answer",
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof ALL;
/** The metrics by name, in the order of the docs. */
export const METRICS: Readonly<Record<MetricName, Metric>> = ALL;
export const METRIC_NAMES = Object.keys(ALL) as readonly MetricName[];

/** Reports whether a place shows a metric. */
export function isShownIn(place: Place, name: string): boolean {
  return findMetric(name)?.shownIn?.includes(place) ?? false;
}

/** Returns the metrics that a place shows, in the order of the docs. */
export function metricsShownIn(place: Place): readonly MetricName[] {
  return METRIC_NAMES.filter((name) => isShownIn(place, name));
}

/** Returns a metric, or undefined for a name unknown to this version, as in a run stored by another version. */
export function findMetric(name: string): Metric | undefined {
  return Object.hasOwn(METRICS, name) ? METRICS[name as MetricName] : undefined;
}
