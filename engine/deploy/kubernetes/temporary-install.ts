/** Installs a plugin on the user's cluster for the duration of a run and uninstalls it afterwards. */
import type { InstallableCluster, InstallAccess, InstallTarget } from "../../../clusters/index.ts";
import { deleteObjects, deleteStrandedPods, renderChart, uninstallChart } from "../../../kubernetes/index.ts";
import { EnvironmentError, messageOf, printable, type Problem } from "../../../core/errors.ts";
import { listAt, stringAt } from "../../../core/untrusted-json.ts";
import type { Host } from "../../../core/host.ts";
import { run, succeeded } from "../../../core/shell.ts";
import { parseDocuments } from "../../../core/validation/yaml.ts";
import type { Plugin } from "../../../plugins/index.ts";
import { installationOf, installPlugin, kubernetesContext, NODE_PLUGIN_DIR } from "./install.ts";

/** Number of stranded pods that a message lists. */
const MAX_LISTED_PODS = 5;

/** Facts of an arbitrary cluster: the kinds of the objects do not depend on them. */
const SAMPLE_CLUSTER = {
  clusterCidr: "10.244.0.0/16",
  nodes: 1,
  apiServer: { host: "kubernetes.default.svc", port: 443 },
  byDigest: true,
  underlayMtu: 1500,
};

/**
 * Returns the permissions that the user lacks to install and uninstall a plugin.
 * @throws EnvironmentError if the objects of the plugin cannot be fetched or read
 */
export async function checkTemporaryInstall(
  host: Host,
  plugin: Plugin,
  target: InstallTarget,
): Promise<readonly Problem[]> {
  const installation = await installationOf(host, plugin, { ...SAMPLE_CLUSTER, loadImage: target.loadImage });
  if (installation === null) return [];
  const manifests =
    "chart" in installation ? await renderChart(host.shell, installation.chart, host.signal) : installation.manifests;
  return target.checkPermissions(host, parseObjects(plugin.name, manifests));
}

/** Returns the objects in YAML or JSON documents. @throws EnvironmentError if they are invalid */
function parseObjects(plugin: string, manifests: string): readonly unknown[] {
  try {
    return parseDocuments(manifests)
      .flatMap((one) => (stringAt(one, "kind") === "List" ? listAt(one, "items") : [one]))
      .filter((one) => typeof one === "object" && one !== null);
  } catch (error) {
    throw new EnvironmentError(
      `the objects of ${plugin} are not valid YAML: ${messageOf(error)}; fix the file or omit it`,
    );
  }
}

/**
 * Installs a plugin on all nodes and waits until it is ready. It stays until {@link uninstall}.
 * @param pluginSpec name of the plugin in `--plugins`
 * @throws EnvironmentError if files of the plugin already exist, if delegated plugins are missing, or if it does not
 *   become ready; in that case it is uninstalled again
 */
export async function install(host: Host, plugin: Plugin, pluginSpec: string, target: InstallTarget): Promise<void> {
  const access = await target.open(host);
  const uninstallHint = `run "${target.cleanCommand}" to uninstall ${pluginSpec}`;
  try {
    await checkNodeFiles(access.cluster, plugin);
    await access.record(pluginSpec, host.signal);
    await installPlugin(host, { plugin, binaries: [] }, access.cluster).catch((error: unknown) =>
      cleanUpAfter(error, () => uninstallFrom(host, access, plugin), uninstallHint),
    );
  } catch (error) {
    await cleanUpAfter(error, () => access[Symbol.asyncDispose]());
  }
  try {
    await access[Symbol.asyncDispose]();
  } catch (error) {
    throw new EnvironmentError(`${messageOf(error)}; ${uninstallHint}`);
  }
}

/**
 * Cleans up after an error.
 * @param hint next step if the cleanup fails
 * @throws the error; if the cleanup fails too, an EnvironmentError with both messages and the hint
 */
async function cleanUpAfter(error: unknown, cleanUp: () => PromiseLike<unknown>, hint?: string): Promise<never> {
  try {
    await cleanUp();
  } catch (second) {
    throw new EnvironmentError([messageOf(error), messageOf(second), hint ?? []].flat().join("\n"));
  }
  throw error;
}

/**
 * @throws EnvironmentError if the plugin would overwrite a file, which would be missing after the uninstall, or if a
 *   delegated plugin is missing
 */
async function checkNodeFiles(
  { nodes, installation }: InstallableCluster,
  { name: plugin, kubernetes }: Plugin,
): Promise<void> {
  const { nodeRoot = "" } = installation;
  for (const { name, shell } of nodes) {
    const has = async (file: string): Promise<boolean> =>
      succeeded(await shell.exec(["test", "-e", `${nodeRoot}${file}`]));
    for (const file of kubernetes?.nodeFiles ?? []) {
      if (await has(file))
        throw new EnvironmentError(
          `node ${name}: ${plugin} would overwrite ${file}; ` +
            `move the file, or omit --install to measure the plugin that it belongs to`,
        );
    }
    for (const binary of kubernetes?.nodeBinaries ?? []) {
      const file = `${NODE_PLUGIN_DIR}/${binary}`;
      if (!(await has(file)))
        throw new EnvironmentError(
          `node ${name}: ${file} not found, but ${plugin} calls it; install the reference CNI plugins on the node`,
        );
    }
  }
}

/**
 * Uninstalls a plugin, including one whose run was killed during the installation. An interrupt does not stop it.
 * @returns a sentence for each thing that was done or is left over
 * @throws EnvironmentError if a step fails
 */
export async function uninstall(host: Host, plugin: Plugin, target: InstallTarget): Promise<readonly string[]> {
  const access = await target.open({ ...host, signal: new AbortController().signal }).catch((error: unknown) => {
    throw new EnvironmentError(
      `${messageOf(error)}\n` +
        `${plugin.name} must be uninstalled on all nodes: recover lost nodes or delete them from the cluster ` +
        `(kubectl delete node NAME), then run "${target.cleanCommand}"`,
    );
  });
  try {
    return await uninstallFrom(host, access, plugin);
  } finally {
    await access[Symbol.asyncDispose]();
  }
}

async function uninstallFrom(
  host: Host,
  { cluster, ...access }: InstallAccess,
  plugin: Plugin,
): Promise<readonly string[]> {
  const { kubectl } = cluster;
  const installation = await installationOf(host, plugin, kubernetesContext(cluster, cluster.installation));
  if (installation !== null && "chart" in installation) await uninstallChart(kubectl, installation.chart);
  if (installation !== null && "manifests" in installation)
    await deleteObjects(kubectl, installation.manifests, plugin.kubernetes?.workloads ?? []);
  await cleanNodes(cluster, plugin);
  const stranded = await deleteStrandedPods(kubectl);
  await access.deleteRecord();
  return describeUninstall(plugin, stranded);
}

/**
 * Removes files, links and routes of the plugin. Links and routes that do not exist are not an error.
 * @throws CommandError if a file cannot be removed
 */
async function cleanNodes({ nodes, installation }: InstallableCluster, { kubernetes }: Plugin): Promise<void> {
  const { nodeRoot = "" } = installation;
  const files = (kubernetes?.nodeFiles ?? []).map((file) => `${nodeRoot}${file}`);
  await Promise.all(
    nodes.map(async ({ shell }) => {
      await run(shell, ["rm", "-f", ...files]);
      for (const { argv, stdin = "" } of kubernetes?.cleanupCommands ?? []) await shell.exec(argv, { stdin });
    }),
  );
}

function describeUninstall({ name, kubernetes }: Plugin, stranded: readonly string[]): readonly string[] {
  const listed = stranded.slice(0, MAX_LISTED_PODS).map(printable).join(", ");
  const more = stranded.length > MAX_LISTED_PODS ? ` and ${stranded.length - MAX_LISTED_PODS} more` : "";
  const leftovers =
    kubernetes?.leftovers ?? (kubernetes?.cleanupCommands === undefined ? "links, routes, packet filters" : null);
  return [
    `${name} was uninstalled from the cluster`,
    ...(leftovers === null ? [] : [`leftovers of ${name} remain on the nodes until they are restarted: ${leftovers}`]),
    ...(stranded.length === 0
      ? []
      : [`pods without a network and without a controller to recreate them: ${listed}${more}`]),
  ];
}
