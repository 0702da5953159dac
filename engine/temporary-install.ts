/** A plugin that is put on a cluster of the user's for the time of a run, and taken off it at the end. */
import type { KubernetesCluster } from "../clusters/cluster.ts";
import { API_SERVER_SERVICE } from "../clusters/kubeconfig/api-service.ts";
import { checkInstallPermissions } from "../clusters/kubeconfig/kubeconfig.ts";
import { deleteInstallRecord, createInstallRecord } from "../clusters/kubeconfig/install-record.ts";
import { openPrivilegedNodes } from "../clusters/kubeconfig/privileged-nodes.ts";
import { deleteObjects, deleteStrandedPods } from "../clusters/kubernetes/uninstall.ts";
import { renderChart, uninstallChart } from "../clusters/kubernetes/helm.ts";
import { EnvironmentError, messageOf, printable } from "../core/errors.ts";
import { valueAt, stringAt } from "../core/json.ts";
import type { Problem } from "../core/model.ts";
import { run, succeeded } from "../core/shell.ts";
import { parseDocuments } from "../core/yaml.ts";
import type { Plugin } from "../plugins/plugin.ts";
import { installationOf, installPlugin, kubernetesContext, NODE_PLUGIN_DIR } from "./install.ts";

/** Pods that a sentence names. */
const MAX_LISTED_PODS = 5;

/** Kinds of objects do not depend on the cluster. */
const SAMPLE_CLUSTER = {
  clusterCidr: "10.244.0.0/16",
  nodes: 1,
  apiServer: API_SERVER_SERVICE,
  byDigest: true,
  underlayMtu: 1500,
};

/** Where a plugin is a guest. */
export interface InstallTarget {
  /** Of the kubeconfig; null: the current one. */
  readonly context: string | null;
  readonly loadImage: string;
}

/** What the user may not do that putting the plugin there, and taking it off, needs. @throws EnvironmentError when its objects cannot be had. */
export async function checkTemporaryInstall(
  plugin: Plugin,
  { context, loadImage }: InstallTarget,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const installation = await installationOf(plugin, { ...SAMPLE_CLUSTER, loadImage });
  if (installation === null) return [];
  const manifests = "chart" in installation ? await renderChart(installation.chart, signal) : installation.manifests;
  return checkInstallPermissions(context, parseObjects(plugin.name, manifests), signal);
}

/** @param manifests YAML or JSON documents */
function parseObjects(plugin: string, manifests: string): readonly unknown[] {
  try {
    return parseDocuments(manifests)
      .flatMap((one) => (stringAt(one, "kind") === "List" ? (valueAt(one, "items") as unknown[]) : [one]))
      .filter((one) => typeof one === "object" && one !== null);
  } catch (error) {
    throw new EnvironmentError(
      `the objects of ${plugin} are no YAML: ${messageOf(error)}; mend the file, or leave it out`,
    );
  }
}

/**
 * Puts it on every node and waits until it is ready. It stays until {@link uninstall}.
 * @param reference what `--plugins` names it
 * @throws EnvironmentError when files of it are there already, or programs that it calls are not, or it does not get ready; what was put there is taken off then.
 */
export async function install(
  plugin: Plugin,
  reference: string,
  { context, loadImage }: InstallTarget,
  signal: AbortSignal,
): Promise<void> {
  const cluster = await openPrivilegedNodes(context, loadImage, signal);
  const uninstallHint = `take ${reference} off with: cnibench clean --context ${cluster.kubectl.access.context}`;
  try {
    await checkNodeFiles(cluster, plugin);
    await createInstallRecord(cluster.kubectl, { reference, loadImage }, signal);
    await installPlugin({ plugin, binaries: [] }, cluster, signal).catch((error: unknown) =>
      cleanUpAfter(error, () => uninstallFrom(cluster, plugin), uninstallHint),
    );
  } catch (error) {
    await cleanUpAfter(error, () => cluster[Symbol.asyncDispose]());
  }
  try {
    await cluster[Symbol.asyncDispose]();
  } catch (error) {
    throw new EnvironmentError(`${messageOf(error)}; ${uninstallHint}`);
  }
}

/** Tidies up after an error. @throws that error; with what else went wrong, and what to do about it. */
async function cleanUpAfter(error: unknown, cleanUp: () => PromiseLike<unknown>, hint?: string): Promise<never> {
  try {
    await cleanUp();
  } catch (second) {
    throw new EnvironmentError([messageOf(error), messageOf(second), hint ?? []].flat().join("\n"));
  }
  throw error;
}

/** What the plugin calls must be there, and nothing that it would overwrite, and that would be gone at the end. */
async function checkNodeFiles(
  { nodes, nodeRoot = "" }: KubernetesCluster,
  { name: plugin, kubernetes }: Plugin,
): Promise<void> {
  for (const { name, shell } of nodes) {
    const has = async (file: string): Promise<boolean> =>
      succeeded(await shell.exec(["test", "-e", `${nodeRoot}${file}`]));
    for (const file of kubernetes?.nodeFiles ?? []) {
      if (await has(file))
        throw new EnvironmentError(
          `node ${name} has a ${file} already, which ${plugin} would overwrite; move it away, or leave out --install to measure what it belongs to`,
        );
    }
    for (const program of kubernetes?.nodeBinaries ?? []) {
      const file = `${NODE_PLUGIN_DIR}/${program}`;
      if (!(await has(file)))
        throw new EnvironmentError(
          `node ${name} has no ${file}, which ${plugin} calls, and cnibench puts no programs of others on nodes of yours; put it there (the reference CNI plugins have it)`,
        );
    }
  }
}

/** Also of a run that was killed in the middle of it. @returns what was done, as sentences. @throws EnvironmentError when something does not go. */
export async function uninstall(plugin: Plugin, { context, loadImage }: InstallTarget): Promise<readonly string[]> {
  const cluster = await openPrivilegedNodes(context, loadImage, new AbortController().signal).catch(
    (error: unknown) => {
      throw new EnvironmentError(
        `${messageOf(error)}\n${plugin.name} is taken off every node: bring back one that is lost, or delete it from the cluster (kubectl delete node NAME); then: cnibench clean --context ${context ?? "NAME"}`,
      );
    },
  );
  try {
    return await uninstallFrom(cluster, plugin);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

async function uninstallFrom(cluster: KubernetesCluster, plugin: Plugin): Promise<readonly string[]> {
  const { kubectl } = cluster;
  const installation = await installationOf(plugin, kubernetesContext(cluster));
  if (installation !== null && "chart" in installation) await uninstallChart(kubectl, installation.chart);
  if (installation !== null && "manifests" in installation)
    await deleteObjects(kubectl, installation.manifests, plugin.kubernetes?.workloads ?? []);
  await cleanNodes(cluster, plugin);
  const stranded = await deleteStrandedPods(kubectl);
  await deleteInstallRecord(kubectl);
  return describeUninstall(plugin, stranded);
}

/** Links and routes are gone on a node that never had them: that is no error. @throws CommandError when a file stays. */
async function cleanNodes({ nodes, nodeRoot = "" }: KubernetesCluster, { kubernetes }: Plugin): Promise<void> {
  const files = (kubernetes?.nodeFiles ?? []).map((file) => `${nodeRoot}${file}`);
  await Promise.all(
    nodes.map(async ({ shell }) => {
      await run(shell, ["rm", "-f", ...files]);
      for (const { argv, stdin = "" } of kubernetes?.cleanupCommands ?? []) await shell.exec(argv, { stdin });
    }),
  );
}

function describeUninstall({ name, kubernetes }: Plugin, stranded: readonly string[]): readonly string[] {
  const more = stranded.length > MAX_LISTED_PODS ? ` and ${stranded.length - MAX_LISTED_PODS} more` : "";
  const strandedLine = `pods that have lost their network, and that nobody makes anew: ${stranded.slice(0, MAX_LISTED_PODS).map(printable).join(", ")}${more}`;
  const leftovers =
    kubernetes?.leftovers ?? (kubernetes?.cleanupCommands === undefined ? "links, routes, packet filters" : null);
  const leftoverLine = `what ${name} made on the nodes beside its files (${leftovers}) stays until they are restarted`;
  return [
    `${name} was taken off the cluster`,
    ...(leftovers === null ? [] : [leftoverLine]),
    ...(stranded.length === 0 ? [] : [strandedLine]),
  ];
}
