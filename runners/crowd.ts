/** Runner `crowd`: what ADD and DEL cost on a node where other pods are already. */
import { inParallel } from "../core/parallel.ts";
import { median } from "../results/statistics.ts";
import { timingOutput } from "./timing-output.ts";
import { attachmentOf, withSandboxes } from "./sandboxes.ts";
import type { DeploymentContext, LifecycleRunner, Measurement } from "./runner.ts";

/** ADDs at a time of the pods that are only there. */
const SETUP_CONCURRENCY = 4;

export const crowd = {
  name: "crowd",
  summary: "time of ADD and DEL of one more pod where others are already: the median of several",
  scope: "lifecycle",
  metrics: ["add-time", "del-time"],
  sinceSpecVersion: {},
  tools: [],
  params: {
    existing: { type: "integer", min: 0, max: 5000, default: 200, summary: "pods that are there already" },
    pods: { type: "integer", min: 1, max: 1000, default: 10, summary: "pods that are measured, one after the other" },
  },
  /** The measured pods come and go one by one. */
  maxPods: (params) => Number(params.existing) + 1,
  estimate: (_, params) => 0.06 * Number(params.existing) + 0.1 * Number(params.pods),
  run: runCrowd,
} as const satisfies LifecycleRunner;

async function runCrowd({ deployment, params, keep, signal }: DeploymentContext): Promise<Measurement> {
  const [existing, pods] = [Number(params.existing), Number(params.pods)];
  const { runtime, network, node } = deployment;
  return withSandboxes(deployment, existing + 1, signal, async ([newcomer, ...others]) => {
    if (newcomer === undefined) throw new Error("there is no sandbox for the measured pods");
    await inParallel(
      others,
      SETUP_CONCURRENCY,
      async (sandbox) => void (await runtime.add(network, attachmentOf(sandbox), signal)),
    );
    const attachment = attachmentOf(newcomer);
    const times: { readonly add: number; readonly del: number }[] = [];
    for (let i = 0; i < pods; i++) {
      const start = performance.now();
      await runtime.add(network, attachment, signal);
      const added = performance.now();
      await runtime.del(network, attachment, { signal });
      times.push({ add: (added - start) / 1000, del: (performance.now() - added) / 1000 });
    }
    keep(
      "times",
      timingOutput(
        node.name,
        times.flatMap(({ add, del }) => [`add-time ${add}`, `del-time ${del}`]),
      ),
    );
    const values = { "add-time": median(times.map(({ add }) => add)), "del-time": median(times.map(({ del }) => del)) };
    return { values, warnings: [] };
  });
}
