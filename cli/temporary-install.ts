/** `--install`: which plugin may be put on a cluster of the user's, the user's word for it, and its time there. */
import { createInterface } from "node:readline/promises";
import { inspectCluster, type ClusterInspection } from "../clusters/kubeconfig/kubeconfig.ts";
import { describeLeftover } from "../clusters/kubeconfig/install-record.ts";
import { UsageError } from "../core/errors.ts";
import { install, uninstall, type InstallTarget } from "../engine/temporary-install.ts";
import { BASELINE, type Plugin } from "../plugins/plugin.ts";
import { resolveSource } from "./overrides.ts";
import { choosePlugins, type PluginFlags } from "./plugins.ts";

/** A plugin for a cluster of the user's, and what is told of both before it is put there. */
export interface TemporaryInstall {
  readonly plugin: Plugin;
  /** As `--plugins` names it. */
  readonly reference: string;
  readonly survey: ClusterInspection;
}

interface InstallFlags extends PluginFlags {
  readonly context?: string;
}

/** null: it cannot be; problems are added to `problems`. @throws EnvironmentError when the cluster cannot be read. */
export async function chooseInstall(flags: InstallFlags, problems: string[]): Promise<TemporaryInstall | null> {
  const given = (flags.plugins ?? []).filter((name) => name !== BASELINE);
  const [reference = ""] = given;
  if (given.length !== 1) {
    problems.push("--install puts one plugin on the cluster; name it with --plugins NAME");
    return null;
  }
  const [plugin] = choosePlugins({ plugins: given }, problems);
  if (plugin === undefined) return null;
  const survey = await inspectCluster(flags.context ?? null, new AbortController().signal);
  const reason = whyNotInstallable(plugin) ?? whyOccupied(survey);
  if (reason === null)
    return {
      plugin,
      reference: reference.replace(/@(.*)/, (_, version: string) => `@${resolveSource(version)}`),
      survey,
    };
  problems.push(reason);
  return null;
}

/** As it is measured: it is there already when a deployment is made. */
export function asInstalled({ plugin: { kubernetes, bare: _, ...plugin } }: TemporaryInstall): Plugin {
  return kubernetes === undefined
    ? plugin
    : { ...plugin, kubernetes: { ...kubernetes, install: null, nodeBinaries: [], workloads: [], nodeFiles: [] } };
}

function whyNotInstallable({ name, kubernetes }: Plugin): string | null {
  if (kubernetes?.install === undefined)
    return `${name} has no recipe for a cluster with Kubernetes; see cnibench list plugins`;
  if (kubernetes.install === null) return `${name} comes with the nodes of kind; use --cluster kind`;
  return kubernetes.kubeProxyMode === "none"
    ? `${name} takes the place of kube-proxy, which cnibench does not take off a cluster of yours; use --cluster kind`
    : null;
}

function whyOccupied({ context, plugin, installRecord: mark, readyNodes }: ClusterInspection): string | null {
  if (mark !== null) return describeLeftover(mark, context);
  if (plugin.name !== "unknown")
    return `the cluster of context ${context} has ${plugin.name} ${plugin.version} already, and two plugins disturb each other; leave out --install to measure it`;
  if (readyNodes.length === 0) return null;
  return `node ${readyNodes[0]} of context ${context} is ready, so the cluster has a plugin, which cnibench does not know; leave out --install to measure it`;
}

/** @throws UsageError when nobody agrees. */
export async function confirmInstall(
  { reference, survey: { context, serverUrl: server } }: TemporaryInstall,
  yes: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (yes) return;
  const what = `--install puts ${reference} on the cluster of context ${context} (${server}), and changes the network of all its nodes`;
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new UsageError(`${what}; agree to it with --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what}. Do that? [y/N] `, { signal }).finally(() => terminal.close());
  if (!/^(y|yes)$/i.test(answer.trim()))
    throw new UsageError("nothing was installed; leave out --install to measure the plugin that a cluster has");
}

/**
 * Does something while the plugin is on the cluster.
 * @param keep whether it is left there; how to take it off is told then
 * @throws EnvironmentError when it does not get ready, or cannot be taken off.
 */
export async function withTemporaryInstall<T>(
  { plugin, reference, survey }: TemporaryInstall,
  loadImage: string,
  keep: boolean,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const target: InstallTarget = { context: survey.context, loadImage };
  const print = (line: string): void => void process.stderr.write(`${line}\n`);
  print(`putting ${reference} on the cluster of context ${survey.context}`);
  await install(plugin, reference, target, signal);
  try {
    return await work();
  } finally {
    if (keep) print(`${reference} stays on the cluster; take it off with: cnibench clean --context ${survey.context}`);
    else for (const sentence of await uninstall(plugin, target)) print(sentence);
  }
}
