/** Runner `rollout`: how long a rolling update takes, until the first answered packet of the last new pod. */
import { type Distribution, distributionOf } from "../../results/index.ts";
import { namedValues, timingOutput, valuesOfName } from "../support/timing.ts";
import { type DeploymentObject, podSpec } from "../../kubernetes/index.ts";
import { withNamespace } from "../deployment.ts";
import type { ClusterContext, ClusterRunner, Measurement } from "../runner.ts";
import { openCollector, type PodTimes } from "./arrivals.ts";

/** Time limit for all pods, plus the time per pod. */
const TIMEOUT_S = { all: 180, each: 3 } as const;
/** The defaults of Kubernetes, set explicitly. */
const STRATEGY = { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } } as const;

export const rollout = {
  name: "rollout",
  summary: "rolling update of a deployment: time until the first answered packet of the last new pod",
  scope: "cluster",
  path: "same-node",
  metrics: ["rollout-time"],
  tools: [],
  params: {
    pods: { type: "integer", min: 1, max: 5000, default: 200, summary: "pods to replace" },
  },
  estimate: (_, params) => 20 + Number(params.pods),
  run: runRollout,
  recompute: (stored) => {
    const times = valuesOfName(namedValues(stored.stdout("times")), "pod");
    return { values: { "rollout-time": Math.max(...times) }, distributions: distributionsOf(times) };
  },
} as const satisfies ClusterRunner;

async function runRollout(context: ClusterContext): Promise<Measurement> {
  const { deployment, params, keep } = context;
  const count = Number(params.pods);
  return withNamespace(deployment, "rollout", async (namespace) => {
    const { announce, collect } = await openCollector(deployment, namespace, context);
    const workload = (generation: number): DeploymentObject =>
      deploymentObject({
        namespace,
        count,
        generation,
        nodes: deployment.nodes,
        image: deployment.image,
        command: announce,
      });
    const after = async (change: () => Promise<void>): Promise<PodTimes> => {
      const failed = new AbortController();
      const arrived = collect(
        count,
        TIMEOUT_S.all + count * TIMEOUT_S.each,
        AbortSignal.any([context.signal, failed.signal]),
      );
      return Promise.all([arrived, change()])
        .then(([times]) => times)
        .finally(() => failed.abort());
    };
    const { changed, times } = await deployment.withApi(async (api) => {
      await after(() => api.create(workload(1)));
      return { changed: Date.now() / 1000, times: await after(() => api.patch(workload(2))) };
    });
    const seconds = [...times.values()].map((at) => at - changed);
    const values = { "rollout-time": Math.max(...seconds) };
    keep(
      "times",
      timingOutput("this machine", [`rollout-time ${values["rollout-time"]}`, ...seconds.map((time) => `pod ${time}`)]),
    );
    return { values, distributions: distributionsOf(seconds), warnings: [] };
  });
}

/** @param times seconds from the change to the first answered packet of each new pod */
function distributionsOf(times: readonly number[]): readonly Distribution[] {
  return [distributionOf("rollout-time", "s", times)];
}

interface RolloutOptions {
  readonly namespace: string;
  readonly count: number;
  /** A new generation replaces all pods. */
  readonly generation: number;
  readonly nodes: readonly string[];
  readonly image: string;
  readonly command: readonly string[];
}

/** Returns a Deployment object. Pure. */
export function deploymentObject({
  namespace,
  count,
  generation,
  nodes,
  image,
  command,
}: RolloutOptions): DeploymentObject {
  const labels = { app: "rollout" };
  // One term per node: matchFields accepts one name per term.
  const terms = nodes.map((node) => ({ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }));
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
  const template = {
    metadata: { labels, annotations: { "cnibench.dev/generation": String(generation) } },
    spec: { ...podSpec({ image, command }), affinity },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "rollout", namespace },
    spec: { replicas: count, selector: { matchLabels: labels }, strategy: STRATEGY, template },
  };
}
