/** Conformance tests on a Kubernetes node, with the binaries and the configuration that the plugin installed there. */
import { parseNetworkConfig, WITHOUT_POD } from "../../cni/index.ts";
import type { ClusterSpec, KubernetesCluster, KubernetesKind } from "../../clusters/index.ts";
import { UsageErrors } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { Node } from "../../core/model.ts";
import {
  type Assets,
  clusterSpecFor,
  findAllAssets,
  installPlugin,
  NODE_PLUGIN_DIR,
  readDaemonState,
  readNodeConfig,
} from "../../engine/index.ts";
import type { ConformanceReport } from "../../results/index.ts";
import { type ChainOptions, profileFor, runChain, runConformance } from "../../conformance/index.ts";
import { requireNoProblems } from "../../core/errors.ts";
import { testEach } from "./conformance-each.ts";
import { choosePlugins } from "../flags/plugins.ts";

/** How plugins are tested, independent of the plugin. */
export type ConformanceSettings = Omit<ChainOptions, "plugin" | "list" | "nodes" | "pluginPath" | "binaries">;

/** A cluster for each plugin, and the node to test on. */
interface TestCluster {
  readonly kind: KubernetesKind;
  readonly spec: ClusterSpec;
  readonly chooseNode: (cluster: KubernetesCluster) => Node;
}

/**
 * Deploys each plugin on a separate cluster and tests it on one node.
 * @throws UsageErrors; EnvironmentError when a plugin cannot be deployed
 */
export async function testInstalledPlugins(
  host: Host,
  names: readonly string[],
  { kind, spec, chooseNode }: TestCluster,
  settings: ConformanceSettings,
): Promise<readonly ConformanceReport[]> {
  const problems: string[] = [];
  const plugins = choosePlugins({ plugins: names }, problems);
  if (problems.length > 0) throw new UsageErrors(problems);
  const { assets, problems: missing } = findAllAssets(host, plugins, kind.api, []);
  requireNoProblems(missing);
  return testEach(assets, async (one) => {
    const cluster = await kind.create(host, clusterSpecFor(spec, one.plugin));
    try {
      await installPlugin(host, one, cluster);
      return await testOnNode(one, chooseNode(cluster), settings);
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  });
}

/** Tests an installed plugin. */
async function testOnNode(assets: Assets, node: Node, settings: ConformanceSettings): Promise<ConformanceReport> {
  const list = parseNetworkConfig(await readNodeConfig(node), `configuration on ${node.name}`);
  const options = {
    ...settings,
    plugin: assets.plugin.name,
    list,
    nodes: [node.shell],
    pluginPath: [NODE_PLUGIN_DIR],
    installed: true,
    // The API has no pods for the test containers, so a plugin that looks for them would fail.
    cniArgs: [...WITHOUT_POD, ...(assets.plugin.cniArgs ?? []), ...(settings.cniArgs ?? [])],
    daemonState: await readDaemonState(assets.plugin.kubernetes?.nodeFiles ?? [], node),
  };
  return list.plugins.length > 1 ? runChain(options) : runConformance({ ...options, profile: profileFor(list, 0) });
}
