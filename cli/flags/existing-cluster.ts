/** The flags of an existing cluster, and its installed plugin. */
import type { ExistingSpec } from "../../clusters/cluster.ts";
import { readInstalledPlugin } from "../../clusters/kubeconfig/kubeconfig.ts";
import { plugins } from "../../plugins/index.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import type { Definition } from "../../results/record.ts";
import { givenNames } from "./given-names.ts";

export interface ExistingFlags {
  /** Context of the kubeconfig. */
  readonly context?: string;
  /** Label selector in the syntax of kubectl. */
  readonly nodeSelector?: string;
  /** Installs the plugin for the time of the run. */
  readonly install?: boolean;
}

export function existingSpec({ context, nodeSelector, install }: ExistingFlags): ExistingSpec {
  return { context: context ?? null, nodeSelector: nodeSelector ?? null, installsPlugin: install ?? false };
}

/** Rejects these flags for other cluster kinds. @param problems receives all problems */
export function checkExistingFlags(
  kind: string,
  { context, nodeSelector, install }: ExistingFlags,
  problems: string[],
): void {
  const given = givenNames({ "--context": context, "--node-selector": nodeSelector, "--install": install });
  if (kind !== "kubeconfig" && given.length > 0)
    problems.push(`${given.join(", ")}: requires an existing cluster; add --cluster kubeconfig`);
}

/**
 * Returns the plugin of the cluster, which is the one that is measured: nothing is installed.
 * @param names the value of `--plugins`
 * @param problems receives a problem if `names` contains another plugin
 */
export async function detectPlugin(
  { context }: ExistingFlags,
  names: readonly string[] | undefined,
  problems: string[],
): Promise<Plugin[]> {
  const { name, version, mode, policy } = await readInstalledPlugin(context ?? null, new AbortController().signal);
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

type StoredExisting = NonNullable<Definition["existing"]>;

export function existingFlags({ context, nodeSelector, installs }: StoredExisting): ExistingFlags {
  return {
    ...(context === null ? {} : { context }),
    ...(nodeSelector === null ? {} : { nodeSelector }),
    ...(installs === true ? { install: true } : {}),
  };
}
