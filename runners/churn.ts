/** Runner `churn`: how many pods per second a plugin can set up when several ADDs run in parallel. */
import type { Sandbox } from "../core/model.ts";
import { inParallel } from "../core/parallel.ts";
import { namedValues, secondsOf, timingOutput, valuesOfName } from "./support/timing.ts";
import { attachmentOf, withSandboxes } from "./support/sandboxes.ts";
import type { DeploymentContext, LifecycleRunner, Measurement } from "./runner.ts";

export const churn = {
  name: "churn",
  summary: "pods per second, with several ADDs in parallel",
  scope: "lifecycle",
  metrics: ["pods-rate"],
  sinceSpecVersion: {},
  tools: [],
  params: {
    pods: { type: "integer", min: 1, max: 5000, default: 50, summary: "pods to add" },
    concurrency: { type: "integer", min: 1, max: 64, default: 4, summary: "concurrent ADDs" },
  },
  maxPods: (params) => Number(params.pods),
  estimate: (_, params) => 0.04 * Number(params.pods),
  run: runChurn,
  recompute: (stored) => {
    const times = namedValues(stored.stdout("times"));
    const [[pods = NaN], [seconds = NaN]] = [valuesOfName(times, "pods"), valuesOfName(times, "seconds")];
    return { values: { "pods-rate": pods / seconds } };
  },
} as const satisfies LifecycleRunner;

/** Network namespaces are created and removed outside the timed part: they are the container runtime's work. */
async function runChurn({ deployment, params, keep, signal }: DeploymentContext): Promise<Measurement> {
  const [pods, concurrency] = [Number(params.pods), Number(params.concurrency)];
  const { runtime, network, node } = deployment;
  return withSandboxes(deployment, pods, signal, async (sandboxes) => {
    const add = (sandbox: Sandbox): Promise<unknown> => runtime.add(network, attachmentOf(sandbox), signal);
    const seconds = await secondsOf(() => inParallel(sandboxes, concurrency, add));
    keep("times", timingOutput(node.name, [`pods ${pods}`, `seconds ${seconds}`]));
    return { values: { "pods-rate": pods / seconds }, warnings: [] };
  });
}
