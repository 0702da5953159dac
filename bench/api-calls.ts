/** How many requests of the Kubernetes API so many pairs of pods take: made, listed, entered, loaded once, collected and removed. Needs Docker and kind. */
import { setMaxListeners } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { DEFAULT_LOAD_IMAGE } from "../clusters/kubernetes/load-image.ts";
import type { KubernetesCluster } from "../clusters/cluster.ts";
import { kind } from "../clusters/kind/kind.ts";
import { EnvironmentError } from "../core/errors.ts";
import { findTool } from "../core/tools/find.ts";
import { installPlugin } from "../engine/install.ts";
import { clusterDeploymentOf } from "../engine/privileged-cluster.ts";
import { plugins } from "../plugins/index.ts";
import { pairs } from "../runners/pairs/pairs.ts";
import type { Benchmark } from "./benchmark.ts";

const NAME = "Requests of the API for pairs of pods";
/** With 40 pairs two nodes have all the pods that fit beside their own. */
const PAIR_COUNTS = [5, 10, 20, 40];
/** Requests of each further pod may be so many times those of the pods before: more is no line. */
const MAX_GROWTH = 1.5;
const TARGET = `the requests grow with the pods and no faster (each further pod takes at most ${MAX_GROWTH} times as many)`;
/** kubectl tells each request that it sends from this level on, with the status of its answer. */
const wrapperScript = (kubectl: string, dir: string): string => `#!/bin/sh
exec "${kubectl}" -v=6 "$@" 2>"${dir}/$$.log"
`;

/** Images of one's own: CNIBENCH_TEST_NODE_IMAGE, CNIBENCH_TEST_LOAD_IMAGE. */
export async function benchApiCalls(): Promise<Benchmark> {
  const problems = await kind.check();
  if (problems.length > 0)
    return {
      name: NAME,
      rows: [["not measured", problems.map(({ message }) => message).join("; ")]],
      target: TARGET,
      met: true,
    };
  const { CNIBENCH_TEST_NODE_IMAGE: nodeImage, CNIBENCH_TEST_LOAD_IMAGE: loadImage = DEFAULT_LOAD_IMAGE } = process.env;
  const { signal } = new AbortController();
  setMaxListeners(0, signal); // one for each command that runs
  const images = { loadImage, ...(nodeImage === undefined ? {} : { nodeImage }) };
  const cluster = await kind.create(
    {
      nodes: 2,
      underlayMtu: 1500,
      kubernetes: {
        runId: "bench",
        cni: "none",
        podCidr: "10.244.0.0/16",
        kubeProxyMode: "iptables",
        logs: null,
        ...images,
      },
    },
    signal,
  );
  try {
    await installPlugin({ plugin: plugins.simplecni, binaries: [] }, cluster, signal);
    return await measureCounts(cluster, signal);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

async function measureCounts(cluster: KubernetesCluster, signal: AbortSignal): Promise<Benchmark> {
  const dir = mkdtempSync(join(tmpdir(), "cnibench-calls-"));
  const { PATH: path = "" } = process.env;
  const kubectl = findTool("kubectl");
  if (kubectl === null)
    throw new EnvironmentError(
      "kubectl is not here, and clusters of kind need it; install it: https://kubernetes.io/docs/tasks/tools/",
    );
  try {
    writeFileSync(join(dir, "kubectl"), wrapperScript(kubectl, dir));
    chmodSync(join(dir, "kubectl"), 0o755);
    process.env.PATH = `${dir}${delimiter}${path}`;
    const counts: number[] = [];
    for (const size of PAIR_COUNTS) {
      const before = countRequests(dir);
      const deployment = clusterDeploymentOf(plugins.simplecni, cluster, signal);
      await pairs.run({
        deployment,
        duration: 1,
        params: { pairs: size, rounds: 1, sample: 1, omit: 1 },
        signal,
        keep: () => undefined,
      });
      counts.push(countRequests(dir) - before);
    }
    return summarize(counts);
  } finally {
    process.env.PATH = path;
    rmSync(dir, { recursive: true });
  }
}

/** Lines of `kubectl -v=6` that tell of an answer. */
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
  const pods = PAIR_COUNTS.map((size) => 2 * size);
  const further = counts.slice(1).map((count, i) => (count - (counts[i] ?? 0)) / ((pods[i + 1] ?? 0) - (pods[i] ?? 0)));
  const rows = counts.map((count, i) => {
    const each = `${count} requests, ${(count / (pods[i] ?? 1)).toFixed(2)} for each of ${pods[i]} pods`;
    return [
      `${PAIR_COUNTS[i]} pairs`,
      i === 0 ? each : `${each}; ${further[i - 1]?.toFixed(2)} for each further one`,
    ] as const;
  });
  return {
    name: NAME,
    rows,
    target: TARGET,
    met: (further.at(-1) ?? 0) <= MAX_GROWTH * Math.max(...further.slice(0, -1)),
  };
}
