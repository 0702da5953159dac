/**
 * Reads the facts that must match before two numbers may be compared (docs/method.md, "Environment"). A fact that
 * cannot be read is null, never guessed.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { dirname } from "node:path";
import type { BareCluster, Cluster, KubernetesCluster } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import type { Node } from "../../core/model.ts";
import type { Shell } from "../../core/shell.ts";
import { describeTools, queryVersion, type ToolName, toolOf } from "../../tools/index.ts";
import type { Environment, PluginFacts } from "../../results/index.ts";
import type { Assets } from "../preflight/assets.ts";
import { recipeContext, recipeOf } from "./bare/deploy-bare.ts";
import { readLinkFacts } from "./link-facts.ts";
import { minWarmUpOf } from "./min-warm-up.ts";
import { kubernetesContext } from "./kubernetes/install.ts";
import { nodeNetwork } from "./node-network.ts";

/**
 * Limits of the text that a plugin prints about itself when it is executed without a command. A plugin that hangs
 * whenever it is executed thus takes this time once, in addition to the time limit of each operation.
 */
const ABOUT_TIMEOUT_S = 5;
const MAX_ABOUT_BYTES = 65_536;

/** Tools whose versions are recorded: on this machine, and on nodes that have their own tools. */
export interface ToolsUsed {
  readonly onHost: readonly ToolName[];
  readonly onNodes: readonly ToolName[];
}

/** Reads the facts of this machine, a running cluster and the plugins. */
export async function readEnvironment(
  host: Host,
  cluster: Cluster,
  assets: readonly Assets[],
  tools: ToolsUsed,
): Promise<Environment> {
  const [node] = cluster.nodes;
  const hostTools = await describeTools(host, tools.onHost);
  const nodeFacts = await readNodeFacts(node, tools.onNodes);
  const plugins: PluginFacts[] = [];
  for (const one of assets)
    plugins.push(
      cluster.api === "bare" ? await barePluginFacts(host, one, cluster) : kubernetesPluginFacts(one, cluster),
    );
  return {
    kernel: nodeFacts.kernel,
    os: /^PRETTY_NAME="?(.*?)"?$/m.exec(readHostFile("/etc/os-release") ?? "")?.[1] ?? null,
    arch: arch(),
    cpuModel: cpus()[0]?.model ?? null,
    cpus: cpus().length,
    memory: totalmem(),
    governor: readHostFile("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
    virtualization: virtualization(),
    congestionControl: nodeFacts.congestionControl,
    link: nodeFacts.link,
    tools: Object.fromEntries([
      ...hostTools.map(({ name, version }) => [name, version] as const),
      ...nodeFacts.toolVersions,
    ]),
    plugins,
    cluster: {
      kind: cluster.kind,
      nodes: cluster.nodes.length,
      ...cluster.facts,
      minWarmUp: minWarmUpOf(cluster.facts),
      ...(cluster.api === "kubernetes" ? { kubernetes: kubernetesFacts(cluster) } : {}),
    },
  };
}

interface NodeEnvironment extends Pick<Environment, "kernel" | "congestionControl" | "link"> {
  readonly toolVersions: readonly (readonly [name: ToolName, version: string | null])[];
}

async function readNodeFacts(node: Node | undefined, tools: readonly ToolName[]): Promise<NodeEnvironment> {
  if (node === undefined) return { kernel: release(), congestionControl: null, link: null, toolVersions: [] };
  const { shell } = node;
  return {
    kernel: await readNodeFile(shell, "/proc/sys/kernel/osrelease"),
    congestionControl: await readNodeFile(shell, "/proc/sys/net/ipv4/tcp_congestion_control"),
    link: await readLinkFacts(shell),
    toolVersions: await Promise.all(tools.map(async (name) => [name, await nodeToolVersion(shell, name)] as const)),
  };
}

async function barePluginFacts(host: Host, { plugin, binaries }: Assets, cluster: BareCluster): Promise<PluginFacts> {
  const [node] = cluster.nodes;
  const facts = {
    name: plugin.name,
    encapsulation: plugin.encapsulation,
    binaries: binaries.map(({ name, sha256 }) => ({ name, sha256 })),
  };
  if (node === undefined) return { ...facts, version: null, configHash: null, specVersions: null };
  await cluster.putFiles(
    node,
    binaries.map(({ name, file }) => ({ path: `/opt/cni/bin/${name}`, mode: 0o755, source: { file } })),
  );
  const recipe = recipeOf(plugin);
  const configs = recipe.families.map((family) => recipe.config(recipeContext(cluster, node, family)));
  const { runtime, network } = nodeNetwork(node, configs[0] ?? "");
  const type = network.plugins[0]?.type ?? "";
  const specVersions = await runtime.version(type).then(
    ({ supportedVersions }) => supportedVersions,
    () => null,
  );
  const options = { timeout: ABOUT_TIMEOUT_S, maxBytes: MAX_ABOUT_BYTES };
  const output = await node.shell.exec([`/opt/cni/bin/${type}`], options);
  const version =
    /CNI .* plugin (v?\d\S*)/.exec(`${output.stdout}${output.stderr}`)?.[1]?.slice(0, 64) ??
    (await referencePackageVersion(host, binaries[0]?.file ?? ""));
  const context = { self: node, firstNode: node, clusterCidr: cluster.podCidr };
  const daemons = (recipe.daemons ?? []).map((daemon) =>
    JSON.stringify([daemon.argv(context), daemon.readinessCommand(context)]),
  );
  return { ...facts, version, configHash: hashOf([...configs, ...daemons]), specVersions };
}

function kubernetesFacts({
  version,
  kubeProxyMode,
  loadImage,
}: KubernetesCluster): NonNullable<Environment["cluster"]["kubernetes"]> {
  return { version: version ?? "unknown", kubeProxyMode, loadImage };
}

/** Returns the version of the package that contains a file: Debian builds its plugins without a version. */
async function referencePackageVersion(host: Host, file: string): Promise<string | null> {
  const [reference] = await describeTools(host, ["cni-plugins"]);
  return reference?.path != null && dirname(reference.path) === dirname(file) ? reference.version : null;
}

/** Identifies a plugin installed through the Kubernetes API by the objects of its installation. */
function kubernetesPluginFacts({ plugin, binaries }: Assets, cluster: KubernetesCluster): PluginFacts {
  const { name, encapsulation, kubernetes } = plugin;
  const installation =
    cluster.installation === undefined
      ? undefined
      : kubernetes?.install?.(kubernetesContext(cluster, cluster.installation));
  return {
    ...{ name, encapsulation, version: kubernetes?.version ?? null, specVersions: null },
    configHash: installation === undefined ? null : hashOf([JSON.stringify(installation)]),
    binaries: binaries.map((binary) => ({ name: binary.name, sha256: binary.sha256 })),
  };
}

/** Hashes the configurations of all families, because a run may use several. */
function hashOf(configs: readonly string[]): string {
  return createHash("sha256")
    .update([...new Set(configs)].join("\n"))
    .digest("hex");
}

function virtualization(): string | null {
  const product = readHostFile("/sys/class/dmi/id/product_name");
  if (!/^flags\s*:.*\bhypervisor\b/m.test(readHostFile("/proc/cpuinfo") ?? ""))
    return product === null ? null : "none seen";
  return product ?? "a hypervisor";
}

async function nodeToolVersion(shell: Shell, name: ToolName): Promise<string | null> {
  const { probe } = toolOf(name);
  return "command" in probe ? (await queryVersion(shell, name, probe.command)).version : null;
}

async function readNodeFile(shell: Shell, file: string): Promise<string | null> {
  const output = await shell.exec(["cat", file]);
  return output.exitCode === 0 ? output.stdout.trim() : null;
}

function readHostFile(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim() || null;
  } catch {
    return null; // some systems do not have the file
  }
}
