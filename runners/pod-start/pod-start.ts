/** Runner `pod-start`: the time from the creation request of a pod to its first answered packet, at a given rate. */
import { systemClock, type Clock } from "../../core/clock.ts";
import { type NamespacedObject, podObject } from "../../kubernetes/index.ts";
import { namedValues, timingOutput, valuesOfName } from "../support/timing.ts";
import { withNamespace } from "../deployment.ts";
import { distributionOf, quantile } from "../../results/index.ts";
import { sampleCountWarnings } from "../support/percentiles.ts";
import type { ClusterContext, ClusterRunner, Measurement } from "../runner.ts";
import { openCollector, startTimes, type PodTimes } from "./arrivals.ts";

/** Time limit for all pods, plus the time per pod. */
const TIMEOUT_S = { all: 120, each: 1 } as const;

export const podStart = {
  name: "pod-start",
  summary: "pods created at a given rate: time from each request to the first answered packet, percentiles",
  scope: "cluster",
  path: "same-node",
  metrics: ["pod-start-p50", "pod-start-p90", "pod-start-p99"],
  tools: [],
  params: {
    pods: {
      type: "integer",
      min: 1,
      max: 5000,
      default: 20,
      summary: "pods to create, spread over the nodes (`pod-start-p99` needs 100)",
    },
    rate: { type: "integer", min: 1, max: 1000, default: 10, summary: "pods requested per second" },
  },
  unavailableReason: (metric, { pods }) =>
    metric === "pod-start-p99" ? sampleCountWarnings(Number(pods))[0]?.message : undefined,
  estimate: (_, params) => 15 + Number(params.pods) * (0.3 + 1 / Number(params.rate)),
  run: runStarts,
  recompute: (stored) => measurementOf(valuesOfName(namedValues(stored.stdout("times")), "pod-start")),
} as const satisfies ClusterRunner;

async function runStarts(context: ClusterContext): Promise<Measurement> {
  const { deployment, params, keep } = context;
  const [count, rate] = [Number(params.pods), Number(params.rate)];
  return withNamespace(deployment, "start", async (namespace) => {
    const { announce, collect } = await openCollector(deployment, namespace, context);
    const pods = Array.from({ length: count }, (_, i) => {
      const nodeName = deployment.nodes[i % deployment.nodes.length] ?? "";
      return podObject({ namespace, name: `new-${i + 1}`, nodeName, image: deployment.image, command: announce });
    });
    const [arrived, created] = await deployment.withApi(async ({ create }) => {
      const failed = new AbortController();
      const signal = AbortSignal.any([context.signal, failed.signal]);
      const names = pods.map(({ metadata }) => metadata.name);
      const both = [
        collect(count, TIMEOUT_S.all + count * (TIMEOUT_S.each + 1 / rate), signal, names),
        createAtRate(pods, rate, { create, signal }),
      ] as const;
      return Promise.all(both).finally(() => failed.abort());
    });
    const times = startTimes(created, arrived);
    const measurement = measurementOf(times);
    keep(
      "times",
      timingOutput("this machine", [
        ...Object.entries(measurement.values).map(([metric, value]) => `${metric} ${value}`),
        ...times.map((time) => `pod-start ${time}`),
      ]),
    );
    return measurement;
  });
}

/** @param times seconds from the request for each pod to its first answered packet */
function measurementOf(times: readonly number[]): Measurement {
  const sorted = times.toSorted((a, b) => a - b);
  const values = {
    "pod-start-p50": quantile(sorted, 0.5),
    "pod-start-p90": quantile(sorted, 0.9),
    ...(sampleCountWarnings(times.length).length > 0 ? {} : { "pod-start-p99": quantile(sorted, 0.99) }),
  };
  return { values, distributions: [distributionOf("pod-start", "s", times)], warnings: [] };
}

interface Creation {
  readonly create: (pod: NamespacedObject) => Promise<void>;
  readonly signal: AbortSignal;
  /** Default: that of this machine. */
  readonly clock?: Clock;
}

/** Creates pods at a rate per second without waiting for earlier requests. @returns the request times by pod name */
export async function createAtRate(
  pods: readonly NamespacedObject[],
  rate: number,
  { create, signal, clock = systemClock }: Creation,
): Promise<PodTimes> {
  const times = new Map<string, number>();
  const start = clock.now();
  const requests: Promise<void>[] = [];
  for (const [i, pod] of pods.entries()) {
    await clock.sleep(Math.max(0, start + i / rate - clock.now()), signal);
    times.set(pod.metadata.name, clock.date().getTime() / 1000);
    requests.push(create(pod));
  }
  await Promise.all(requests);
  return times;
}
