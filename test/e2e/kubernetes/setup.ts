/**
 * Creates the kind clusters that all tests of existing clusters share, and removes them afterwards: one with
 * simplecni, and one without a plugin, which is paused until its tests start.
 */
import type { TestProject } from "vitest/node";
import type { KubernetesCluster } from "../../../clusters/cluster.ts";
import { kind } from "../../../clusters/kind/kind.ts";
import { findAssets } from "../../../engine/preflight/assets.ts";
import { installPlugin } from "../../../engine/deploy/kubernetes/install.ts";
import { plugins } from "../../../plugins/index.ts";
import { LOAD, NODE, whyNoKind } from "./images.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

/** Access to a shared cluster. */
export interface SharedCluster {
  readonly kubeconfig: string;
  readonly context: string;
  readonly nodes: readonly string[];
}

declare module "vitest" {
  interface ProvidedContext {
    /** null: kind clusters are not supported on this machine. */
    readonly pluginCluster: SharedCluster | null;
    readonly bareCluster: SharedCluster | null;
  }
}

const SPEC = {
  underlayMtu: 1500,
  runId: "test",
  options: { loadImage: LOAD, ...(NODE === undefined ? {} : { nodeImage: NODE }) },
} as const;

export default async function createSharedClusters(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ((await whyNoKind()) !== null) {
    project.provide("pluginCluster", null);
    project.provide("bareCluster", null);
    return undefined;
  }
  const [plugin, bare] = await Promise.allSettled([createPluginCluster(), createBareCluster()]);
  const created = [plugin, bare].flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const remove = async (): Promise<void> =>
    void (await Promise.all(created.map(async (cluster) => cluster[Symbol.asyncDispose]())));
  if (plugin.status === "fulfilled" && bare.status === "fulfilled") {
    project.provide("pluginCluster", connectionOf(plugin.value));
    project.provide("bareCluster", connectionOf(bare.value));
    return remove;
  }
  await remove();
  throw plugin.status === "rejected" ? plugin.reason : bare.status === "rejected" ? bare.reason : undefined;
}

async function createPluginCluster(): Promise<KubernetesCluster> {
  const cluster = await kind.create(host, { nodes: 2, ...SPEC });
  return disposeOnFailure(cluster, async () => {
    const found = findAssets(host, plugins.simplecni, "kubernetes", []);
    if ("problems" in found) throw new Error(JSON.stringify(found.problems));
    await installPlugin(host, found.assets, cluster);
  });
}

async function createBareCluster(): Promise<KubernetesCluster> {
  const cluster = await kind.create(host, { nodes: 1, ...SPEC });
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
