/** Converts cluster flags to a cluster kind and its specification. */
import { type ClusterKind, clusters, type ClusterSpec } from "../../clusters/index.ts";
import { didYouMean } from "../../core/text.ts";
import type { Host } from "../../core/host.ts";
import { missingUpstreamBinaries } from "../../engine/index.ts";
import type { Plugin } from "../../plugins/index.ts";
import { misplacedOptions } from "./cluster-options.ts";

/** The flags of every cluster kind. Those of single kinds are further properties, which only the kind reads. */
export interface ClusterFlags {
  readonly cluster: string;
  readonly nodes: number;
  readonly underlayMtu: number;
  /** bit/s */
  readonly underlayRate?: number;
  /** Seconds. */
  readonly underlayDelay?: number;
  /** 0 to 1. */
  readonly underlayLoss?: number;
}

const DEFAULT_UNDERLAY_MTU = 1500;

/**
 * Resolves `auto` to the fastest kind for which every plugin has a recipe whose binaries are installed or fetchable.
 * @returns the kind, and the reason for it
 */
export function resolveCluster(
  host: Host,
  name: string,
  plugins: readonly Plugin[],
  binDirs: readonly string[],
): { readonly cluster: string; readonly reason: string } {
  if (name !== "auto") return { cluster: name, reason: "requested" };
  const [netns, kind] = [clusters.netns.name, clusters.kind.name];
  const pluginWithoutRecipe = plugins.find(({ bare }) => bare === undefined);
  if (pluginWithoutRecipe !== undefined)
    return { cluster: kind, reason: `${pluginWithoutRecipe.name} has no recipe for ${netns}` };
  const [missing] = plugins.flatMap((plugin) =>
    missingUpstreamBinaries(host, plugin, binDirs).map((binary) => ({ plugin, binary })),
  );
  if (missing !== undefined)
    return { cluster: kind, reason: `${missing.plugin.name} requires ${missing.binary} on ${netns}: not found` };
  return { cluster: netns, reason: `every plugin has a recipe for ${netns}` };
}

/** Returns the cluster kind, after checking the flags against it. @param problems receives all problems */
export function chooseCluster(flags: ClusterFlags, problems: string[]): ClusterKind {
  const { cluster: name, nodes } = flags;
  const kind = findKind(name, problems);
  problems.push(
    ...(kind.fixedUnderlay === true ? shapingProblems(flags, kind.name) : []),
    ...misplacedOptions(kind, flags),
  );
  kind.options?.parse(flags, problems);
  if (nodes > kind.maxNodes)
    problems.push(`--nodes ${nodes}: ${kind.name} clusters have at most ${kind.maxNodes} nodes`);
  return kind;
}

export function clusterSpec(flags: ClusterFlags): ClusterSpec {
  const { cluster, nodes, underlayMtu, underlayRate, underlayDelay, underlayLoss } = flags;
  const { options } = findKind(cluster, []);
  return {
    nodes,
    underlayMtu,
    ...(underlayRate === undefined ? {} : { underlayRate }),
    ...(underlayDelay === undefined ? {} : { underlayDelay }),
    ...(underlayLoss === undefined ? {} : { underlayLoss }),
    ...(options === undefined ? {} : { options: options.parse(flags, []) }),
  };
}

function shapingProblems(
  { underlayMtu, underlayRate, underlayDelay, underlayLoss }: ClusterFlags,
  kind: string,
): string[] {
  const values = {
    "--underlay-mtu": underlayMtu === DEFAULT_UNDERLAY_MTU ? undefined : underlayMtu,
    "--underlay-rate": underlayRate,
    "--underlay-delay": underlayDelay,
    "--underlay-loss": underlayLoss,
  };
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return given.length === 0 ? [] : [`${given.join(", ")}: the network of ${kind} clusters is fixed; omit it`];
}

/** Returns the kind with this name; netns for `auto` and for unknown names. @param problems receives all problems */
export function findKind(name: string, problems: string[]): ClusterKind {
  if (name === "auto") return clusters.netns;
  if (Object.hasOwn(clusters, name)) return clusters[name as keyof typeof clusters];
  const known = ["auto", ...Object.keys(clusters)];
  problems.push(`unknown cluster kind "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}`);
  return clusters.netns;
}
