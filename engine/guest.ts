/** A plugin that is put on a cluster of the user's for the time of a run, and taken off it at the end. */
import type { KubernetesCluster } from "../clusters/cluster.ts";
import { eraseMark, setMark } from "../clusters/kubeconfig/mark.ts";
import { takeWhole } from "../clusters/kubeconfig/whole.ts";
import { removeObjects, removeStranded } from "../clusters/kubernetes/gone.ts";
import { removeChart } from "../clusters/kubernetes/helm.ts";
import { printable } from "../core/errors.ts";
import type { Plugin } from "../plugins/plugin.ts";
import type { Assets } from "./assets.ts";
import { installationOf, installPlugin } from "./install.ts";

/** Pods that a sentence names. */
const NAMED = 5;

/** Where a plugin is a guest. */
export interface Place {
  /** Of the kubeconfig; null: the current one. */
  readonly context: string | null;
  readonly loadImage: string;
}

/**
 * Puts it on every node and waits until it is ready. It stays until {@link takeOff}.
 * @param reference what `--plugins` names it
 * @throws EnvironmentError when it does not get ready; it is taken off then.
 */
export async function putOn(assets: Assets, reference: string, { context, loadImage }: Place, signal: AbortSignal): Promise<void> {
  const cluster = await takeWhole(context, loadImage, signal);
  try {
    await setMark(cluster.kubectl, { reference, loadImage }, signal);
    try {
      await installPlugin(assets, cluster, signal);
    } catch (error) {
      await removeFrom(cluster, assets.plugin);
      throw error;
    }
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

/** Also of a run that was killed in the middle of it. @returns what was done, as sentences. @throws EnvironmentError when something does not go. */
export async function takeOff(plugin: Plugin, { context, loadImage }: Place): Promise<readonly string[]> {
  const cluster = await takeWhole(context, loadImage, new AbortController().signal);
  try {
    return await removeFrom(cluster, plugin);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

async function removeFrom(cluster: KubernetesCluster, plugin: Plugin): Promise<readonly string[]> {
  const { kubectl } = cluster;
  const what = await installationOf(plugin, cluster);
  if (what !== null && "chart" in what) await removeChart(kubectl, what.chart);
  if (what !== null && "manifests" in what) await removeObjects(kubectl, what.manifests, plugin.kubernetes?.workloads ?? []);
  await clearNodes(cluster, plugin);
  const stranded = await removeStranded(kubectl);
  await eraseMark(kubectl);
  return told(plugin, stranded);
}

/** Links and routes are gone on a node that never had them: that is no error. */
async function clearNodes({ nodes, nodeRoot = "" }: KubernetesCluster, { kubernetes }: Plugin): Promise<void> {
  const files = (kubernetes?.nodeFiles ?? []).map((file) => `${nodeRoot}${file}`);
  await Promise.all(
    nodes.map(async ({ shell }) => {
      await shell.exec(["rm", "-f", ...files]);
      for (const { argv, stdin = "" } of kubernetes?.undo ?? []) await shell.exec(argv, { stdin });
    }),
  );
}

function told({ name, kubernetes }: Plugin, stranded: readonly string[]): readonly string[] {
  const more = stranded.length > NAMED ? ` and ${stranded.length - NAMED} more` : "";
  const pods = `pods that have lost their network, and that nobody makes anew: ${stranded.slice(0, NAMED).map(printable).join(", ")}${more}`;
  const rest = `what ${name} made on the nodes beside its files (links, routes, packet filters) stays until they are restarted`;
  return [`${name} was taken off the cluster`, ...(kubernetes?.undo === undefined ? [rest] : []), ...(stranded.length === 0 ? [] : [pods])];
}
