/** What cnibench itself adds to a deployment on kind: beyond the making of the cluster, and until the plugin says it is ready. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kind } from "../clusters/kind/kind.ts";
import type { ClusterSpec, KubernetesCluster } from "../clusters/cluster.ts";
import { DEFAULT_LOAD_IMAGE } from "../clusters/kubernetes/load-image.ts";
import { valueAt, stringAt } from "../core/json.ts";
import { findTool } from "../core/tools/find.ts";
import { deployPlugin } from "../engine/deploy.ts";
import { plugins } from "../plugins/index.ts";
import type { Benchmark } from "./benchmark.ts";

/** Seconds. */
const MAX_ADDED_S = 5;
const NAME = "simplecni on a kind cluster of two nodes";
const TARGET = `cnibench adds at most ${MAX_ADDED_S} s`;

export async function benchKind(): Promise<Benchmark> {
  const problems = await kind.check();
  if (problems.length > 0)
    return {
      name: NAME,
      rows: [["not measured", problems.map(({ message }) => message).join("; ")]],
      target: TARGET,
      met: true,
    };
  const dir = mkdtempSync(join(tmpdir(), "cnibench-bench-"));
  const path = process.env.PATH;
  try {
    process.env.PATH = `${dir}:${path ?? ""}`;
    return await measure(installTimedKind(dir));
  } finally {
    process.env.PATH = path;
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Puts a program in the place of kind that notes how long kind itself takes. @returns what it notes, seconds */
function installTimedKind(dir: string): () => number {
  const [note, program] = [join(dir, "seconds"), join(dir, "kind")];
  writeFileSync(
    program,
    `#!/bin/bash\nstart=$EPOCHREALTIME\n${findTool("kind") ?? "kind"} "$@"\ncode=$?\n[ "$1" != create ] || echo "$start $EPOCHREALTIME" >${note}\nexit $code\n`,
  );
  chmodSync(program, 0o755);
  return () => {
    const [start = 0, end = 0] = readFileSync(note, "utf8").split(" ").map(Number);
    return end - start;
  };
}

async function measure(kindSeconds: () => number): Promise<Benchmark> {
  const { signal } = new AbortController();
  const { CNIBENCH_TEST_NODE_IMAGE: nodeImage, CNIBENCH_TEST_LOAD_IMAGE: loadImage = DEFAULT_LOAD_IMAGE } = process.env;
  const images = { loadImage, ...(nodeImage === undefined ? {} : { nodeImage }) };
  const spec: ClusterSpec = {
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
  };
  const now = (): number => Date.now() / 1000;
  const started = now();
  const cluster = await kind.create(spec, signal);
  try {
    const created = now();
    const deployment = await deployPlugin({ plugin: plugins.simplecni, binaries: [] }, cluster, {
      family: "ipv4",
      signal,
    });
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
        ["added to it: connections to the nodes, images", seconds(added.cluster)],
        ["the plugin itself, until nodes and name server are ready", seconds(ready - created)],
        ["added to it: seeing that, two pods, packets both ways", seconds(added.plugin)],
        ["added in all", seconds(sum)],
      ],
      target: TARGET,
      met: sum <= MAX_ADDED_S,
    };
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

/** When the last node, or the last pod of the name server, got ready: seconds since the epoch, in whole ones. */
async function lastReadyTime({ kubectl }: KubernetesCluster): Promise<number> {
  const objects = [
    ...(await kubectl.list(["nodes"])),
    ...(await kubectl.list(["pods", "-n", "kube-system", "-l", "k8s-app=kube-dns"])),
  ];
  const conditions = objects.flatMap((object) => valueAt(object, "status", "conditions") as unknown[]);
  const ready = conditions.filter((one) => stringAt(one, "type") === "Ready");
  return Math.max(...ready.map((one) => Date.parse(stringAt(one, "lastTransitionTime") ?? "") / 1000));
}
