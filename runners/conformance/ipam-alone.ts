/** The IPAM plugin of an upper plugin on its own: to do behind the upper's back what only an IPAM plugin can do. */
import { withVersion } from "../../cni/conf.ts";
import { PluginFinder } from "../../cni/find.ts";
import { stringAt } from "../../core/json.ts";
import { concerns } from "./clause.ts";
import type { Trial } from "./trial.ts";
import { ipamOf } from "./variants.ts";

/** For an IPAM plugin itself, the same test. @throws NotApplicable when the plugin has none. */
export async function ipamAlone(trial: Trial): Promise<Trial> {
  const { list, kinds, target, pluginPath } = trial.subject;
  if (kinds.includes("ipam")) return trial;
  const type = stringAt(ipamOf(list), "type");
  const upper = list.plugins[target];
  concerns(type !== null && upper !== undefined, "the plugin is configured with no IPAM plugin");
  const executables = await new PluginFinder(trial.surroundings.shell, pluginPath).find([type]);
  return trial.of({
    list: withVersion({ ...list, plugins: [{ ...upper, type }] }, list.cniVersion),
    executables,
    target: 0,
    kinds: ["ipam"],
  });
}
