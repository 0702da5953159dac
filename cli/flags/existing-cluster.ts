/** The plugin of an existing cluster. */
import type { ExistingSelection } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import { type Plugin, plugins } from "../../plugins/index.ts";

/**
 * Returns the plugin of the cluster, which is the one that is measured: nothing is installed.
 * @param names the value of `--plugins`
 * @param problems receives a problem if `names` contains another plugin
 */
export async function detectPlugin(
  host: Host,
  { existing, options }: ExistingSelection,
  names: readonly string[] | undefined,
  problems: string[],
): Promise<Plugin[]> {
  const { name, version, mode, policy } = await existing.detectPlugin(host, options);
  const other = names?.find((one) => one !== name && one !== "host");
  if (other !== undefined)
    problems.push(
      `--plugins ${other}: the cluster has ${name} ${version}; omit --plugins ` +
        "(without --install, cnibench measures the plugin of the cluster)",
    );
  const known = (plugins as Readonly<Record<string, Plugin>>)[name];
  const recipe = {
    version,
    specVersion: known?.kubernetes?.specVersion ?? "1.0.0",
    images: [],
    install: null,
    nodeBinaries: [],
    workloads: [],
    nodeFiles: [],
    enforcesPolicy: policy,
  };
  return [
    { name, summary: known?.summary ?? "plugin of the existing cluster", encapsulation: mode, kubernetes: recipe },
  ];
}
