/** Installs a plugin on an existing cluster for the duration of a run. */
import type { Host } from "../../core/host.ts";
import { install, uninstall } from "../deploy/kubernetes/temporary-install.ts";
import type { TemporaryInstall } from "../preflight/installable.ts";
import type { RunListener } from "./events.ts";

interface InstallOptions {
  /** Whether the plugin stays installed. */
  readonly keep: boolean;
  readonly onEvent: RunListener;
}

/**
 * Runs `work` while the plugin is installed on the cluster.
 * @throws EnvironmentError if the plugin does not become ready, or cannot be uninstalled
 */
export async function whileInstalled<T>(
  host: Host,
  { plugin, pluginSpec, inspection }: TemporaryInstall,
  { keep, onEvent }: InstallOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { target } = inspection;
  const note = (text: string): void => onEvent({ kind: "note", text });
  note(`installing ${pluginSpec} on ${target.name}`);
  await install(host, plugin, pluginSpec, target);
  try {
    return await work();
  } finally {
    if (keep) note(`${pluginSpec} remains installed; uninstall it with: ${target.cleanCommand}`);
    else for (const sentence of await uninstall(host, plugin, target)) note(sentence);
  }
}
