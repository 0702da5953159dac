/** The flags of a cluster that exists, and the plugin that it has. */
import type { ExistingSpec } from "../clusters/cluster.ts";
import { readInstalledPlugin } from "../clusters/kubeconfig/kubeconfig.ts";
import { plugins } from "../plugins/index.ts";
import type { Plugin } from "../plugins/plugin.ts";
import type { Definition } from "../results/record.ts";

export interface ExistingFlags {
  /** Of the kubeconfig. */
  readonly context?: string;
  /** Labels, as kubectl takes them. */
  readonly nodeSelector?: string;
  /** Puts the plugin on it. */
  readonly install?: boolean;
}

export function existingSpec({ context, nodeSelector, install }: ExistingFlags): ExistingSpec {
  return { context: context ?? null, nodeSelector: nodeSelector ?? null, installsPlugin: install ?? false };
}

/** Problems are added to `problems`: other kinds of cluster have no use for these flags. */
export function checkExistingFlags(
  kind: string,
  { context, nodeSelector, install }: ExistingFlags,
  problems: string[],
): void {
  const given = Object.entries({ "--context": context, "--node-selector": nodeSelector, "--install": install }).flatMap(
    ([flag, value]) => (value === undefined ? [] : [flag]),
  );
  if (kind !== "kubeconfig" && given.length > 0)
    problems.push(`${given.join(", ")}: only a cluster that exists has these; add --cluster kubeconfig`);
}

/**
 * The plugin that is measured: the one that the cluster has, for nothing is installed on it.
 * @param names what `--plugins` asks for; problems are added to `problems`.
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
      `the cluster has ${name} ${version}, not ${other}: cnibench installs nothing there; leave out --plugins`,
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
  return [{ name, summary: known?.summary ?? "what the cluster has", encapsulation: mode, kubernetes: recipe }];
}

type StoredExisting = NonNullable<Definition["existing"]>;

/** What a run keeps of them. */
export function storedExisting({ context, nodeSelector, installsPlugin: installs }: ExistingSpec): StoredExisting {
  return { context, nodeSelector, ...(installs ? { installs } : {}) };
}

export function existingFlags({ context, nodeSelector, installs }: StoredExisting): ExistingFlags {
  return {
    ...(context === null ? {} : { context }),
    ...(nodeSelector === null ? {} : { nodeSelector }),
    ...(installs === true ? { install: true } : {}),
  };
}
