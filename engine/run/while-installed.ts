/** Installs a plugin on an existing cluster for the duration of a run. */
import type { Host } from "../../core/host.ts";
import { install, uninstall, type InstallTarget } from "../deploy/kubernetes/temporary-install.ts";
import type { TemporaryInstall } from "../preflight/installable.ts";
import type { RunListener } from "./events.ts";

interface InstallOptions {
  readonly loadImage: string;
  /** Whether the plugin stays installed. */
  readonly keep: boolean;
  readonly onEvent: RunListener;
}

/**
 * Runs `work` while the plugin is installed on the cluster.
 * @throws EnvironmentError if the plugin does not become ready, or cannot be uninstalled
 */
export async function whileInstalled<T>(
  { signal }: Host,
  { plugin, reference, inspection }: TemporaryInstall,
  { loadImage, keep, onEvent }: InstallOptions,
  work: () => Promise<T>,
): Promise<T> {
  const target: InstallTarget = { context: inspection.context, loadImage };
  const note = (text: string): void => onEvent({ kind: "note", text });
  note(`installing ${reference} on the cluster of context ${inspection.context}`);
  await install(plugin, reference, target, signal);
  try {
    return await work();
  } finally {
    if (keep) note(`${reference} remains installed; uninstall it with: cnibench clean --context ${inspection.context}`);
    else for (const sentence of await uninstall(plugin, target)) note(sentence);
  }
}
