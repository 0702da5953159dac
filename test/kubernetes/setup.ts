/**
 * The clusters of kind that all tests of clusters that exist share, made at the same time before them and gone after them: one with
 * simplecni, and one without a plugin, which is frozen until its tests.
 */
import type { TestProject } from "vitest/node";
import type { KubernetesCluster } from "../../clusters/cluster.ts";
import { kind } from "../../clusters/kind/kind.ts";
import { findAssets } from "../../engine/assets.ts";
import { installPlugin } from "../../engine/install.ts";
import { plugins } from "../../plugins/index.ts";
import { LOAD, NODE, whyNoKind } from "./images.ts";

/** What the tests are told of one. */
export interface SharedCluster {
  readonly kubeconfig: string;
  readonly context: string;
  readonly nodes: readonly string[];
}

declare module "vitest" {
  interface ProvidedContext {
    /** null: no cluster can be made here. */
    readonly standing: SharedCluster | null;
    readonly bare: SharedCluster | null;
  }
}

const { signal } = new AbortController();
const SPEC = {
  runId: "test",
  cni: "none",
  podCidr: "10.244.0.0/16",
  kubeProxyMode: "iptables",
  logs: null,
  loadImage: LOAD,
  ...(NODE === undefined ? {} : { nodeImage: NODE }),
} as const;

export default async function createSharedClusters(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ((await whyNoKind()) !== null) {
    project.provide("standing", null);
    project.provide("bare", null);
    return undefined;
  }
  const [standing, bare] = await Promise.allSettled([createPluginCluster(), createBareCluster()]);
  const made = [standing, bare].flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const remove = async (): Promise<void> =>
    void (await Promise.all(made.map(async (cluster) => cluster[Symbol.asyncDispose]())));
  if (standing.status === "fulfilled" && bare.status === "fulfilled") {
    project.provide("standing", connectionOf(standing.value));
    project.provide("bare", connectionOf(bare.value));
    return remove;
  }
  await remove();
  throw standing.status === "rejected" ? standing.reason : bare.status === "rejected" ? bare.reason : undefined;
}

async function createPluginCluster(): Promise<KubernetesCluster> {
  const cluster = await kind.create({ nodes: 2, underlayMtu: 1500, kubernetes: SPEC }, signal);
  return disposeOnFailure(cluster, async () => {
    const found = findAssets(plugins.simplecni, "kubernetes", []);
    if ("problems" in found) throw new Error(JSON.stringify(found.problems));
    await installPlugin(found.assets, cluster, signal);
  });
}

async function createBareCluster(): Promise<KubernetesCluster> {
  const cluster = await kind.create({ nodes: 1, underlayMtu: 1500, kubernetes: SPEC }, signal);
  return disposeOnFailure(cluster, async () => cluster.pause?.());
}

async function disposeOnFailure(
  cluster: KubernetesCluster,
  step: () => Promise<void> | undefined,
): Promise<KubernetesCluster> {
  try {
    await step();
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

function connectionOf({ kubectl, nodes }: KubernetesCluster): SharedCluster {
  const { kubeconfig, context } = kubectl.access;
  return { kubeconfig, context, nodes: nodes.map(({ name }) => name) };
}
