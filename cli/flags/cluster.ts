/** Converts cluster flags to a cluster kind and its specification. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { ClusterKind, ClusterSpec, KubernetesSpec } from "../../clusters/cluster.ts";
import { clusters } from "../../clusters/index.ts";
import { DEFAULT_LOAD_IMAGE } from "../../kubernetes/objects/pod.ts";
import { didYouMean } from "../../core/text.ts";
import { missingUpstreamBinaries } from "../../engine/preflight/assets.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { checkExistingFlags, existingSpec, type ExistingFlags } from "./existing-cluster.ts";
import { givenNames } from "./given-names.ts";
import { checkVmFlags, vmSpec, type VmFlags } from "./vm-flags.ts";

export interface ClusterFlags extends VmFlags, ExistingFlags {
  readonly cluster: string;
  readonly nodes: number;
  readonly underlayMtu: number;
  /** bit/s */
  readonly underlayRate?: number;
  /** Seconds. */
  readonly underlayDelay?: number;
  /** 0 to 1. */
  readonly underlayLoss?: number;
  readonly nodeImage?: string;
  readonly loadImage?: string;
  /** Archive of container images. */
  readonly images?: string;
  readonly registryMirror?: string;
}

/** The specification of Kubernetes clusters without flags. */
const DEFAULT_KUBERNETES = {
  runId: "hand",
  cni: "none",
  podCidr: "10.244.0.0/16",
  kubeProxyMode: "iptables",
  logs: null,
} as const;
const DEFAULT_UNDERLAY_MTU = 1500;

/**
 * Resolves `auto` to the fastest kind for which every plugin has a recipe whose binaries are installed or fetchable.
 * @returns the kind, and the reason for it
 */
export function resolveCluster(
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
    missingUpstreamBinaries(plugin, binDirs).map((binary) => ({ plugin, binary })),
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
    ...(kind.api === "kubernetes" ? shapingProblems(flags, kind.name) : kubernetesProblems(flags, kind.name)),
    ...imageProblems(flags),
  );
  checkVmFlags(kind.name, flags, problems);
  checkExistingFlags(kind.name, flags, problems);
  if (nodes > kind.maxNodes)
    problems.push(`--nodes ${nodes}: ${kind.name} clusters have at most ${kind.maxNodes} nodes`);
  return kind;
}

export function clusterSpec(flags: ClusterFlags): ClusterSpec {
  const { cluster, nodes, underlayMtu, underlayRate, underlayDelay, underlayLoss } = flags;
  const { api, name } = findKind(cluster, []);
  return {
    nodes,
    underlayMtu,
    ...(underlayRate === undefined ? {} : { underlayRate }),
    ...(underlayDelay === undefined ? {} : { underlayDelay }),
    ...(underlayLoss === undefined ? {} : { underlayLoss }),
    ...(api === "kubernetes"
      ? {
          kubernetes: {
            ...kubernetesSpec(flags),
            ...(name === clusters.kubeconfig.name ? { existing: existingSpec(flags) } : {}),
          },
        }
      : {}),
    ...(name === clusters.vm.name ? { machine: vmSpec(flags) } : {}),
  };
}

function kubernetesSpec({ nodeImage, loadImage, images, registryMirror }: ClusterFlags): KubernetesSpec {
  return {
    ...DEFAULT_KUBERNETES,
    loadImage: loadImage ?? DEFAULT_LOAD_IMAGE,
    ...(nodeImage === undefined ? {} : { nodeImage }),
    ...(images === undefined ? {} : { imageArchive: resolve(images) }),
    ...(registryMirror === undefined ? {} : { registryMirror }),
  };
}

function shapingProblems(
  { underlayMtu, underlayRate, underlayDelay, underlayLoss }: ClusterFlags,
  kind: string,
): string[] {
  const given = givenNames({
    "--underlay-mtu": underlayMtu === DEFAULT_UNDERLAY_MTU ? undefined : underlayMtu,
    "--underlay-rate": underlayRate,
    "--underlay-delay": underlayDelay,
    "--underlay-loss": underlayLoss,
  });
  return given.length === 0 ? [] : [`${given.join(", ")}: the network of ${kind} clusters is fixed; omit it`];
}

function kubernetesProblems({ nodeImage, loadImage, images, registryMirror }: ClusterFlags, kind: string): string[] {
  const given = givenNames({
    "--node-image": nodeImage,
    "--load-image": loadImage,
    "--images": images,
    "--registry-mirror": registryMirror,
  });
  return given.length === 0
    ? []
    : [`${given.join(", ")}: requires Kubernetes, which ${kind} clusters do not have; omit it, or use --cluster kind`];
}

function imageProblems({ images, registryMirror }: ClusterFlags): string[] {
  const archive = images === undefined || statSync(images, { throwIfNoEntry: false })?.isFile() === true;
  const mirror = registryMirror === undefined || /^[A-Za-z0-9.-]+:\d{1,5}$/.test(registryMirror);
  return [
    ...(archive ? [] : [`--images ${images}: not a file; create one with: docker save --output FILE.tar IMAGE...`]),
    ...(mirror
      ? []
      : [`--registry-mirror ${registryMirror}: not a HOST:PORT; give a host and a port without a scheme`]),
  ];
}

/** Returns the kind with this name; netns for `auto` and for unknown names. @param problems receives all problems */
export function findKind(name: string, problems: string[]): ClusterKind {
  if (name === "auto") return clusters.netns;
  if (Object.hasOwn(clusters, name)) return clusters[name as keyof typeof clusters];
  const known = ["auto", ...Object.keys(clusters)];
  problems.push(`unknown cluster kind "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}`);
  return clusters.netns;
}
