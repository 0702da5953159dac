/** Runner `churn`: how many pods per second a node can be given when many come at once. */
import { inParallel } from "../core/parallel.ts";
import { timingOutput } from "./timing-output.ts";
import { attachmentOf, withSandboxes } from "./sandboxes.ts";
import type { DeploymentContext, LifecycleRunner, Measurement } from "./runner.ts";

export const churn = {
  name: "churn",
  summary: "pods per second that ADD gives a network, several at a time",
  scope: "lifecycle",
  metrics: ["pods-rate"],
  sinceSpecVersion: {},
  tools: [],
  params: {
    pods: { type: "integer", min: 1, max: 5000, default: 50, summary: "pods of one repetition" },
    concurrency: { type: "integer", min: 1, max: 64, default: 4, summary: "ADDs at a time" },
  },
  maxPods: (params) => Number(params.pods),
  estimate: (_, params) => 0.04 * Number(params.pods),
  run: runChurn,
} as const satisfies LifecycleRunner;

/** Namespaces are made before and removed after: that is the container runtime's work. */
async function runChurn({ deployment, params, keep, signal }: DeploymentContext): Promise<Measurement> {
  const [pods, concurrency] = [Number(params.pods), Number(params.concurrency)];
  const { runtime, network, node } = deployment;
  return withSandboxes(deployment, pods, signal, async (sandboxes) => {
    const start = performance.now();
    await inParallel(
      sandboxes,
      concurrency,
      async (sandbox) => void (await runtime.add(network, attachmentOf(sandbox), signal)),
    );
    const seconds = (performance.now() - start) / 1000;
    keep("times", timingOutput(node.name, [`pods ${pods}`, `seconds ${seconds}`]));
    return { values: { "pods-rate": pods / seconds }, warnings: [] };
  });
}
