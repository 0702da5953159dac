/** Measures the creation and removal of a two-node lab; creates labs for the other benchmarks. */
import { type BareCluster, netns } from "../clusters/index.ts";
import type { Host } from "../core/host.ts";
import { formatProblem } from "../core/errors.ts";
import { type Deployment, deployPlugin, findAssets } from "../engine/index.ts";
import { plugins } from "../plugins/index.ts";
import { median } from "../results/index.ts";
import { formatMs, targetResult, timeEach, type Benchmark } from "./benchmark.ts";

const MAX_MS = 500;

export function createLab(host: Host, nodes: number): Promise<BareCluster> {
  return netns.create(host, { nodes, underlayMtu: 1500 });
}

/** Calls `use` with the bridge plugin deployed on a fresh lab. */
export async function withBridgeLab<T>(host: Host, use: (deployment: Deployment) => Promise<T>): Promise<T> {
  const cluster = await createLab(host, 2);
  try {
    const found = findAssets(host, plugins.bridge, "bare", []);
    if ("problems" in found) throw new Error(found.problems.map(formatProblem).join("; "));
    const deployment = await deployPlugin(host, found.assets, cluster, { family: "ipv4" });
    return await use(deployment);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

export async function benchLab(host: Host): Promise<Benchmark> {
  const times = await timeEach(10, async () => (await createLab(host, 2))[Symbol.asyncDispose]());
  return {
    name: "two-node lab up and down",
    rows: [
      ["median of 10", formatMs(median(times))],
      ["slowest", formatMs(Math.max(...times))],
    ],
    target: `under ${MAX_MS} ms`,
    result: targetResult(median(times) < MAX_MS),
  };
}
