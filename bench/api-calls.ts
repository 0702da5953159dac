/**
 * Counts the Kubernetes API requests for a number of pod pairs: to create, list, enter, load, collect and delete them.
 * Requires Docker and kind.
 */
import { setMaxListeners } from "node:events";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { kind, type KubernetesCluster } from "../clusters/index.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { createHost } from "../core/local.ts";
import { findTool } from "../tools/index.ts";
import { clusterDeploymentOf, installPlugin } from "../engine/index.ts";
import { plugins } from "../plugins/index.ts";
import { pairs } from "../runners/index.ts";
import { notMeasured, targetResult, type Benchmark } from "./benchmark.ts";
import { kindClusterSpec } from "./kind-cluster.ts";

const NAME = "API requests for pod pairs";
/** Two nodes hold at most 40 pairs in addition to their own pods. */
const PAIR_COUNTS = [5, 10, 20, 40];
/** Maximum growth of the requests per additional pod, from one pair count to the next, that counts as linear. */
const MAX_GROWTH = 1.5;
const TARGET = `each additional pod takes at most ${MAX_GROWTH} times as many requests as those before`;

/** Logs the requests of kubectl. Level 6 is the lowest that logs every request with the status of its response. */
const wrapperScript = (kubectl: string, dir: string): string => `#!/bin/sh
exec "${kubectl}" -v=6 "$@" 2>"${dir}/$$.log"
`;

export async function benchApiCalls(host: Host): Promise<Benchmark> {
  const problems = await kind.check(host);
  if (problems.length > 0) return notMeasured(NAME, TARGET, problems);
  const kubectl = findTool(host, "kubectl");
  if (kubectl === null) throw new EnvironmentError("kubectl not found (required for kind clusters)");
  const dir = makeTempDir(host, "calls");
  try {
    const logging = createHost({ ...host.env, PATH: `${dir}${delimiter}${host.env.PATH ?? ""}` });
    setMaxListeners(0, logging.signal); // each running command adds one
    const cluster = await kind.create(logging, kindClusterSpec(logging));
    try {
      await installPlugin(logging, { plugin: plugins.simplecni, binaries: [] }, cluster);
      writeFileSync(join(dir, "kubectl"), wrapperScript(kubectl, dir));
      chmodSync(join(dir, "kubectl"), 0o755);
      return summarize(await measureCounts(cluster, dir, logging.signal));
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Returns the number of requests for each number of pairs. @param dir directory of the logs of kubectl */
async function measureCounts(cluster: KubernetesCluster, dir: string, signal: AbortSignal): Promise<number[]> {
  const counts: number[] = [];
  for (const count of PAIR_COUNTS) {
    const before = countRequests(dir);
    await pairs.run({
      deployment: clusterDeploymentOf(plugins.simplecni, cluster, signal),
      duration: 1,
      params: { pairs: count, rounds: 1, sample: 1, omit: 1 },
      signal,
      keep: () => undefined,
    });
    counts.push(countRequests(dir) - before);
  }
  return counts;
}

/** Counts the log lines with a response. */
function countRequests(dir: string): number {
  const logs = readdirSync(dir).filter((name) => name.endsWith(".log"));
  return logs.reduce(
    (sum, name) =>
      sum +
      (readFileSync(join(dir, name), "utf8").match(/(GET|POST|PUT|PATCH|DELETE) https?:\S+ \d{3} /g)?.length ?? 0),
    0,
  );
}

function summarize(counts: readonly number[]): Benchmark {
  const pods = PAIR_COUNTS.map((count) => 2 * count);
  const perAdditionalPod = counts
    .slice(1)
    .map((count, i) => (count - (counts[i] ?? 0)) / ((pods[i + 1] ?? 0) - (pods[i] ?? 0)));
  const rows = counts.map((count, i) => {
    const perPod = `${count}, or ${(count / (pods[i] ?? 1)).toFixed(2)} per pod`;
    return [
      `${PAIR_COUNTS[i]} pairs`,
      i === 0 ? perPod : `${perPod}; ${perAdditionalPod[i - 1]?.toFixed(2)} per additional pod`,
    ] as const;
  });
  const growsLinearly = (perAdditionalPod.at(-1) ?? 0) <= MAX_GROWTH * Math.max(...perAdditionalPod.slice(0, -1));
  return { name: NAME, rows, target: TARGET, result: targetResult(growsLinearly) };
}
