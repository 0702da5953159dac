/** The flag `--install`: selects the plugin to install on an existing cluster. */
import type { ExistingSelection } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import { planInstall, type TemporaryInstall } from "../../engine/index.ts";
import { BASELINE } from "../../plugins/index.ts";
import { absolutePluginSpec } from "./overrides.ts";
import { choosePlugins, type PluginFlags } from "./plugins.ts";

/**
 * Selects the plugin of `--install`.
 * @param problems receives the problems if the result is null
 * @throws EnvironmentError when the cluster cannot be read
 */
export async function chooseInstall(
  host: Host,
  selection: ExistingSelection,
  flags: PluginFlags,
  problems: string[],
): Promise<TemporaryInstall | null> {
  const given = (flags.plugins ?? []).filter((name) => name !== BASELINE);
  const [pluginSpec = ""] = given;
  if (given.length !== 1) {
    problems.push("--install: exactly one plugin required; name it with --plugins NAME");
    return null;
  }
  const [plugin] = choosePlugins({ plugins: given }, problems);
  if (plugin === undefined) return null;
  const planned = await planInstall(host, plugin, absolutePluginSpec(pluginSpec), selection);
  if (typeof planned !== "string") return planned;
  problems.push(planned);
  return null;
}
