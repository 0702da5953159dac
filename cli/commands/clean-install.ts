/** Uninstalls plugins that killed runs left on existing clusters. */
import type { ClusterKind } from "../../clusters/index.ts";
import { EnvironmentError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { uninstall } from "../../engine/index.ts";
import { choosePlugins } from "../flags/plugins.ts";

/**
 * @param flags flags of `cnibench clean`, which select the cluster
 * @returns sentences that describe what was removed; empty if nothing was installed
 * @throws EnvironmentError
 */
export async function cleanInstall(host: Host, { existing }: ClusterKind, flags: object): Promise<readonly string[]> {
  const leftover = (await existing?.findLeftover(host, flags)) ?? null;
  if (leftover === null) return [];
  const { pluginSpec, target, inUse, deleteRecordCommand } = leftover;
  if (inUse !== null) return [`skipped ${pluginSpec}: ${inUse}`];
  const problems: string[] = [];
  const [plugin] = choosePlugins({ plugins: [pluginSpec] }, problems);
  if (plugin === undefined)
    throw new EnvironmentError(
      `cannot uninstall ${pluginSpec}, left by a killed run: ${problems.join("; ")}; ` +
        `remove it manually, then run: ${deleteRecordCommand}`,
    );
  return uninstall(host, plugin, target);
}
