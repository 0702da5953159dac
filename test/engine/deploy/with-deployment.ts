/** Deploys a plugin on a fresh lab, for tests with real plugins. */
import type { BareCluster, ClusterSpec } from "../../../clusters/cluster.ts";
import { netns } from "../../../clusters/netns/netns.ts";
import { formatProblem } from "../../../core/errors.ts";
import type { Family } from "../../../core/model.ts";
import { findAssets, type Assets } from "../../../engine/preflight/assets.ts";
import { clusterSpecFor, deployPlugin } from "../../../engine/deploy/deploy.ts";
import type { PluginDeployment } from "../../../engine/deploy/live-deployment.ts";
import type { Plugin } from "../../../plugins/plugin.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

export const TEST_SPEC: ClusterSpec = { nodes: 2, underlayMtu: 1500 };

export function assetsOf(plugin: Plugin, binDirs: readonly string[] = []): Assets {
  const found = findAssets(host, plugin, "bare", binDirs);
  if ("problems" in found) throw new Error(found.problems.map(formatProblem).join("; "));
  return found.assets;
}

/** Calls `use` with the plugin deployed on a fresh lab, which is removed afterwards. */
export async function withDeployment(
  plugin: Plugin,
  family: Family,
  use: (deployment: PluginDeployment, cluster: BareCluster) => Promise<void>,
): Promise<void> {
  const cluster = await netns.create(host, clusterSpecFor(TEST_SPEC, plugin));
  try {
    await use(await deployPlugin(host, assetsOf(plugin), cluster, { family }), cluster);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}
