/** Converts cluster flags to a cluster kind and its specification. */
import { autoKinds, type ClusterKind, clusters, type ClusterSpec, preferredKind } from "../../clusters/index.ts";
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

/** The value of `--cluster` that selects a kind which suits the plugins. */
export const AUTO = "auto";

const DEFAULT_UNDERLAY_MTU = 1500;

/** A cluster kind to use. */
export interface ChosenKind {
  readonly kind: ClusterKind;
  /** Why it was chosen. */
  readonly reason: string;
}

/**
 * Resolves `auto` to the fastest kind for which every plugin has a recipe whose binaries are installed or fetchable; if
 * there is none, to the last kind.
 * @throws UsageError if a file in a directory of the user cannot be run
 */
export function resolveAuto(host: Host, plugins: readonly Plugin[], binDirs: readonly string[]): ChosenKind {
  const obstacles: string[] = [];
  const suitable = autoKinds.find((kind) => {
    const obstacle = whyNotOn(host, kind, plugins, binDirs);
    if (obstacle !== null) obstacles.push(obstacle);
    return obstacle === null;
  });
  const kind = suitable ?? autoKinds.at(-1) ?? preferredKind();
  return { kind, reason: obstacles[0] ?? `every plugin has a recipe for ${kind.name}` };
}

/** Returns why a plugin cannot be deployed on a kind, or null. */
function whyNotOn(
  host: Host,
  { name, api }: ClusterKind,
  plugins: readonly Plugin[],
  binDirs: readonly string[],
): string | null {
  const pluginWithoutRecipe = plugins.find((plugin) => plugin[api] === undefined);
  if (pluginWithoutRecipe !== undefined) return `${pluginWithoutRecipe.name} has no recipe for ${name}`;
  const [missing] = plugins.flatMap((plugin) =>
    missingUpstreamBinaries(host, plugin, api, binDirs).map((binary) => ({ plugin, binary })),
  );
  return missing === undefined ? null : `${missing.plugin.name} requires ${missing.binary} on ${name}: not found`;
}

/**
 * Returns the kind that `--cluster` names, or the preferred one for `auto`, with the clusters to create.
 * @param problems receives all problems
 */
export function chooseCluster(
  flags: ClusterFlags,
  problems: string[],
): { readonly kind: ClusterKind; readonly spec: ClusterSpec } {
  const kind = findKind(flags.cluster, problems);
  return { kind, spec: clusterSpec(kind, flags, problems) };
}

/** Converts the flags for a kind, after checking them. @param problems receives all problems */
export function clusterSpec(kind: ClusterKind, flags: ClusterFlags, problems: string[]): ClusterSpec {
  const { nodes, underlayMtu, underlayRate, underlayDelay, underlayLoss } = flags;
  problems.push(
    ...(kind.fixedUnderlay === true ? shapingProblems(flags, kind.name) : []),
    ...misplacedOptions(kind, flags),
  );
  const options = kind.options?.parse(flags, problems);
  if (nodes > kind.maxNodes)
    problems.push(`--nodes ${nodes}: ${kind.name} clusters have at most ${kind.maxNodes} nodes`);
  return {
    nodes,
    underlayMtu,
    ...(underlayRate === undefined ? {} : { underlayRate }),
    ...(underlayDelay === undefined ? {} : { underlayDelay }),
    ...(underlayLoss === undefined ? {} : { underlayLoss }),
    ...(options === undefined ? {} : { options }),
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

/** Returns the kind with this name, or the preferred one for `auto` and unknown names. @param problems receives all */
export function findKind(name: string, problems: string[]): ClusterKind {
  if (name === AUTO) return preferredKind();
  if (Object.hasOwn(clusters, name)) return clusters[name as keyof typeof clusters];
  const known = [AUTO, ...Object.keys(clusters)];
  problems.push(`unknown cluster kind "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}`);
  return preferredKind();
}
