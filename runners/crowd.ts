/** Runner `crowd`: the time of ADD and DEL on a node that already runs other pods. */
import { inParallel } from "../core/parallel.ts";
import { distributionOf, median } from "../results/index.ts";
import { namedValues, secondsOf, timingOutput, valuesOfName } from "./support/timing.ts";
import { attachmentOf, SETUP_CONCURRENCY, withSandboxes } from "./support/sandboxes.ts";
import type { DeploymentContext, LifecycleRunner, Measurement } from "./runner.ts";

export const crowd = {
  name: "crowd",
  summary: "time of ADD and DEL for one more pod on a node with many pods (median)",
  scope: "lifecycle",
  metrics: ["add-time", "del-time"],
  sinceSpecVersion: {},
  tools: [],
  params: {
    existing: { type: "integer", min: 0, max: 5000, default: 200, summary: "existing pods" },
    pods: { type: "integer", min: 1, max: 1000, default: 10, summary: "pods to measure, one after the other" },
  },
  /** Only one measured pod exists at a time. */
  maxPods: (params) => Number(params.existing) + 1,
  estimate: (_, params) => 0.06 * Number(params.existing) + 0.1 * Number(params.pods),
  run: runCrowd,
  recompute: (stored) => {
    const times = namedValues(stored.stdout("times"));
    return measurementOf(valuesOfName(times, "add-time"), valuesOfName(times, "del-time"));
  },
} as const satisfies LifecycleRunner;

async function runCrowd({ deployment, params, keep, signal }: DeploymentContext): Promise<Measurement> {
  const [existing, pods] = [Number(params.existing), Number(params.pods)];
  const { runtime, network, node } = deployment;
  return withSandboxes(deployment, existing + 1, signal, async ([measured, ...others]) => {
    if (measured === undefined) throw new Error("no sandbox for the measured pods");
    await inParallel(
      others,
      SETUP_CONCURRENCY,
      async (sandbox) => void (await runtime.add(network, attachmentOf(sandbox), signal)),
    );
    const attachment = attachmentOf(measured);
    const times: { readonly add: number; readonly del: number }[] = [];
    for (let i = 0; i < pods; i++) {
      const add = await secondsOf(() => runtime.add(network, attachment, signal));
      const del = await secondsOf(() => runtime.del(network, attachment, { signal }));
      times.push({ add, del });
    }
    keep(
      "times",
      timingOutput(
        node.name,
        times.flatMap(({ add, del }) => [`add-time ${add}`, `del-time ${del}`]),
      ),
    );
    return measurementOf(
      times.map(({ add }) => add),
      times.map(({ del }) => del),
    );
  });
}

/** @param adds @param dels seconds */
function measurementOf(adds: readonly number[], dels: readonly number[]): Measurement {
  return {
    values: { "add-time": median(adds), "del-time": median(dels) },
    distributions: [distributionOf("add-time", "s", adds), distributionOf("del-time", "s", dels)],
    warnings: [],
  };
}
