/** The plugin of an existing cluster. */
import { describeInstalled, type ExistingSelection, type InstalledPlugin } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import { type Plugin, plugins } from "../../plugins/index.ts";

/** The stored form of facts that could not be detected, and the name of an unrecognized plugin. */
const UNKNOWN = "unknown";

/** The facts recorded for an unrecognized plugin. Its policy checks show whether it enforces policies. */
const UNRECOGNIZED: InstalledPlugin = { name: UNKNOWN, version: null, encapsulation: null, features: [], policy: true };

/**
 * Returns the plugin of the cluster, which is the one that is measured: nothing is installed.
 * @param names the value of `--plugins`
 * @param problems receives a problem if `names` contains another plugin
 */
export async function existingPlugin(
  host: Host,
  { existing, options }: ExistingSelection,
  names: readonly string[] | undefined,
  problems: string[],
): Promise<Plugin[]> {
  const installed = await existing.detectPlugin(host, options);
  const plugin = toPlugin(installed ?? UNRECOGNIZED);
  const other = names?.find((one) => one !== plugin.name && one !== "host");
  if (other !== undefined)
    problems.push(
      `--plugins ${other}: the cluster has ${describeInstalled(installed)}; omit --plugins ` +
        "(without --install, cnibench measures the plugin of the cluster)",
    );
  return [plugin];
}

/** Returns the plugin with a recipe that installs nothing. */
function toPlugin({ name, version, encapsulation, features, policy }: InstalledPlugin): Plugin {
  const known = (plugins as Readonly<Record<string, Plugin>>)[name];
  return {
    name,
    summary: known?.summary ?? "plugin of the existing cluster",
    encapsulation: [encapsulation ?? UNKNOWN, ...features].join(", "),
    kubernetes: {
      version: version ?? UNKNOWN,
      specVersion: known?.kubernetes?.specVersion ?? "1.0.0",
      images: [],
      install: null,
      nodeBinaries: [],
      workloads: [],
      nodeFiles: [],
      enforcesPolicy: policy,
    },
  };
}
