/** Measures the time that cnibench adds to cluster creation and plugin deployment on kind. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { kind, type KubernetesCluster } from "../clusters/index.ts";
import { readyCondition } from "../kubernetes/index.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import type { Host } from "../core/host.ts";
import { createHost } from "../core/local.ts";
import { findTool } from "../tools/index.ts";
import { deployPlugin } from "../engine/index.ts";
import { plugins } from "../plugins/index.ts";
import { notMeasured, targetResult, type Benchmark } from "./benchmark.ts";
import { kindClusterSpec } from "./kind-cluster.ts";

const MAX_ADDED_S = 5;
const NAME = "simplecni on a kind cluster of two nodes";
const TARGET = `cnibench adds at most ${MAX_ADDED_S} s`;

/** Runs kind and writes the start and end time of `kind create` to a file, seconds since the epoch. */
const wrapperScript = (kindBinary: string, timesFile: string): string => `#!/bin/bash
start=$EPOCHREALTIME
${kindBinary} "$@"
code=$?
[ "$1" != create ] || echo "$start $EPOCHREALTIME" >${timesFile}
exit $code
`;

export async function benchKind(host: Host): Promise<Benchmark> {
  const problems = await kind.check(host);
  if (problems.length > 0) return notMeasured(NAME, TARGET, problems);
  const dir = makeTempDir(host, "bench");
  try {
    const kindSeconds = installTimedKind(host, dir);
    return await measure(createHost({ ...host.env, PATH: `${dir}${delimiter}${host.env.PATH ?? ""}` }), kindSeconds);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Installs a wrapper of kind in a directory. @returns function that returns the duration of `kind create`, seconds */
function installTimedKind(host: Host, dir: string): () => number {
  const [timesFile, wrapper] = [join(dir, "seconds"), join(dir, "kind")];
  writeFileSync(wrapper, wrapperScript(findTool(host, "kind") ?? "kind", timesFile));
  chmodSync(wrapper, 0o755);
  return () => {
    const [start = 0, end = 0] = readFileSync(timesFile, "utf8").split(" ").map(Number);
    return end - start;
  };
}

async function measure(host: Host, kindSeconds: () => number): Promise<Benchmark> {
  const now = (): number => host.clock.date().getTime() / 1000;
  const started = now();
  const cluster = await kind.create(host, kindClusterSpec(host));
  try {
    const created = now();
    const assets = { plugin: plugins.simplecni, binaries: [] };
    const deployment = await deployPlugin(host, assets, cluster, { family: "ipv4" });
    await deployment.connectPair("cross-node");
    const measured = now();
    const ready = Math.max(created, await lastReadyTime(cluster));
    const added = { cluster: created - started - kindSeconds(), plugin: measured - ready };
    const seconds = (value: number): string => `${value.toFixed(1)} s`;
    const sum = added.cluster + added.plugin;
    return {
      name: NAME,
      rows: [
        ["kind itself", seconds(kindSeconds())],
        ["added by cnibench: connections to the nodes, images", seconds(added.cluster)],
        ["the plugin itself, until nodes and cluster DNS are ready", seconds(ready - created)],
        ["added by cnibench: detection, two pods, packets in both directions", seconds(added.plugin)],
        ["added in total", seconds(sum)],
      ],
      target: TARGET,
      result: targetResult(sum <= MAX_ADDED_S),
    };
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

/** Returns when the last node or cluster DNS pod became ready, in whole seconds since the epoch. */
async function lastReadyTime({ kubectl }: KubernetesCluster): Promise<number> {
  const objects = [
    ...(await kubectl.list(["nodes"])),
    ...(await kubectl.list(["pods", "-n", "kube-system", "-l", "k8s-app=kube-dns"])),
  ];
  return Math.max(...objects.flatMap((object) => readyCondition(object)?.changedAt ?? []));
}
