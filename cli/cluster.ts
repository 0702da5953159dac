/** Which cluster the flags ask for. */
import type { ClusterKind, ClusterSpec } from "../clusters/cluster.ts";
import { clusters } from "../clusters/index.ts";
import { didYouMean } from "../core/suggest.ts";

export interface ClusterFlags {
  readonly cluster: string;
  readonly nodes: number;
  readonly underlayMtu: number;
  /** bit/s */
  readonly underlayRate?: number;
  /** Seconds. */
  readonly underlayDelay?: number;
}

export function chooseCluster({ cluster: name, nodes }: ClusterFlags, problems: string[]): ClusterKind {
  const kind = findKind(name, problems);
  if (nodes > kind.maxNodes) problems.push(`--nodes ${nodes} is more than the ${kind.maxNodes} that ${kind.name} can have`);
  return kind;
}

export function clusterSpec({ nodes, underlayMtu, underlayRate, underlayDelay }: ClusterFlags): ClusterSpec {
  return {
    nodes,
    underlayMtu,
    ...(underlayRate === undefined ? {} : { underlayRate }),
    ...(underlayDelay === undefined ? {} : { underlayDelay }),
  };
}

/** Problems are added to `problems`. */
export function findKind(name: string, problems: string[]): ClusterKind {
  if (name === "auto") return clusters.netns;
  if (Object.hasOwn(clusters, name)) return clusters[name as keyof typeof clusters];
  const known = ["auto", ...Object.keys(clusters)];
  problems.push(`unknown cluster "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}`);
  return clusters.netns;
}
