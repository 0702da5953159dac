/** `--install`: which plugin may be installed on an existing cluster, the user's consent, and its lifetime. */
import { createInterface } from "node:readline/promises";
import { inspectCluster, type ClusterInspection } from "../../clusters/kubeconfig/kubeconfig.ts";
import { describeLeftover } from "../../clusters/kubeconfig/install-record.ts";
import { UsageError } from "../../core/errors.ts";
import { install, uninstall, type InstallTarget } from "../../engine/deploy/kubernetes/temporary-install.ts";
import { BASELINE, type Plugin } from "../../plugins/plugin.ts";
import { resolveSource } from "../flags/overrides.ts";
import { choosePlugins, type PluginFlags } from "../flags/plugins.ts";

/** A plugin to install on an existing cluster for the time of a run. */
export interface TemporaryInstall {
  readonly plugin: Plugin;
  /** The name in `--plugins`, with an absolute path or a version after the @. */
  readonly reference: string;
  /** The cluster before the installation. */
  readonly inspection: ClusterInspection;
}

interface InstallFlags extends PluginFlags {
  readonly context?: string;
}

/**
 * Selects the plugin of `--install`.
 * @param problems receives the problems if the result is null
 * @throws EnvironmentError when the cluster cannot be read
 */
export async function chooseInstall(flags: InstallFlags, problems: string[]): Promise<TemporaryInstall | null> {
  const given = (flags.plugins ?? []).filter((name) => name !== BASELINE);
  const [reference = ""] = given;
  if (given.length !== 1) {
    problems.push("--install: exactly one plugin required; name it with --plugins NAME");
    return null;
  }
  const [plugin] = choosePlugins({ plugins: given }, problems);
  if (plugin === undefined) return null;
  const inspection = await inspectCluster(flags.context ?? null, new AbortController().signal);
  const reason = whyNotInstallable(plugin) ?? whyOccupied(inspection);
  if (reason === null)
    return {
      plugin,
      reference: reference.replace(/@(.*)/, (_, version: string) => `@${resolveSource(version)}`),
      inspection: inspection,
    };
  problems.push(reason);
  return null;
}

/** Returns the plugin as deployments see it: already installed. */
export function asInstalled({ plugin: { kubernetes, bare: _, ...plugin } }: TemporaryInstall): Plugin {
  return kubernetes === undefined
    ? plugin
    : { ...plugin, kubernetes: { ...kubernetes, install: null, nodeBinaries: [], workloads: [], nodeFiles: [] } };
}

function whyNotInstallable({ name, kubernetes }: Plugin): string | null {
  if (kubernetes?.install === undefined)
    return `--install ${name}: no recipe for Kubernetes; "cnibench list plugins" shows which plugins have one`;
  if (kubernetes.install === null)
    return `--install ${name}: part of the kind node image and not installable; use --cluster kind`;
  return kubernetes.kubeProxyMode === "none"
    ? `--install ${name}: replaces kube-proxy, which cnibench never removes from existing clusters; use --cluster kind`
    : null;
}

function whyOccupied({ context, plugin, installRecord, readyNodes }: ClusterInspection): string | null {
  if (installRecord !== null) return describeLeftover(installRecord, context);
  if (plugin.name !== "unknown")
    return `context ${context} already has ${plugin.name} ${plugin.version}; omit --install to measure it`;
  // Without a plugin no node is ready.
  if (readyNodes.length === 0) return null;
  const [node = ""] = readyNodes;
  return `context ${context} already has an unknown plugin: node ${node} is ready; omit --install to measure it`;
}

/** Prompts for consent unless `yes`. @throws UsageError if the user declines, or without a terminal */
export async function confirmInstall(
  { reference, inspection: { context, serverUrl } }: TemporaryInstall,
  yes: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (yes) return;
  const effect =
    `--install will install ${reference} on the cluster of context ${context} (${serverUrl}) ` +
    "and change the network of all its nodes";
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new UsageError(`${effect}; pass --yes to consent`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${effect}. Continue? [y/N] `, { signal }).finally(() => terminal.close());
  if (!/^(y|yes)$/i.test(answer.trim()))
    throw new UsageError("installation declined; omit --install to measure the plugin of the cluster");
}

interface LifetimeOptions {
  readonly loadImage: string;
  /** Whether to keep the plugin and print how to uninstall it. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs `work` while the plugin is installed on the cluster.
 * @throws EnvironmentError when the plugin does not become ready, or cannot be uninstalled
 */
export async function withTemporaryInstall<T>(
  { plugin, reference, inspection }: TemporaryInstall,
  { loadImage, keep, signal }: LifetimeOptions,
  work: () => Promise<T>,
): Promise<T> {
  const target: InstallTarget = { context: inspection.context, loadImage };
  const print = (line: string): void => void process.stderr.write(`${line}\n`);
  print(`installing ${reference} on the cluster of context ${inspection.context}`);
  await install(plugin, reference, target, signal);
  try {
    return await work();
  } finally {
    if (keep)
      print(`${reference} remains installed; uninstall it with: cnibench clean --context ${inspection.context}`);
    else for (const sentence of await uninstall(plugin, target)) print(sentence);
  }
}
