/** Which cluster the flags ask for. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { ClusterKind, ClusterSpec, KubernetesSpec } from "../clusters/cluster.ts";
import { clusters } from "../clusters/index.ts";
import { DEFAULT_LOAD_IMAGE } from "../clusters/kubernetes/load-image.ts";
import { didYouMean } from "../core/suggest.ts";
import { missingUpstreamBinaries } from "../engine/assets.ts";
import type { Plugin } from "../plugins/plugin.ts";
import { checkExistingFlags, existingSpec, type ExistingFlags } from "./existing-cluster.ts";
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
  /** Archive of images. */
  readonly images?: string;
  readonly registryMirror?: string;
}

/** What Kubernetes clusters are made of where nothing else is asked for. */
const DEFAULT_KUBERNETES = {
  runId: "hand",
  cni: "none",
  podCidr: "10.244.0.0/16",
  kubeProxyMode: "iptables",
  logs: null,
} as const;
const DEFAULT_UNDERLAY_MTU = 1500;

/** `auto` is the quickest kind that every plugin has a recipe for, with programs that are here or can be fetched. */
export function resolveCluster(
  name: string,
  plugins: readonly Plugin[],
  binDirs: readonly string[],
): { readonly cluster: string; readonly reason: string } {
  if (name !== "auto") return { cluster: name, reason: "asked for" };
  const [netns, kind] = [clusters.netns.name, clusters.kind.name];
  const pluginWithoutRecipe = plugins.find(({ bare }) => bare === undefined);
  if (pluginWithoutRecipe !== undefined)
    return { cluster: kind, reason: `${pluginWithoutRecipe.name} has no recipe for ${netns}` };
  const [missing] = plugins.flatMap((plugin) =>
    missingUpstreamBinaries(plugin, binDirs).map((program) => ({ plugin, program })),
  );
  if (missing !== undefined)
    return { cluster: kind, reason: `${missing.plugin.name} needs ${missing.program} for ${netns}, which is not here` };
  return { cluster: netns, reason: `every plugin has a recipe for ${netns}` };
}

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
    problems.push(`--nodes ${nodes} is more than the ${kind.maxNodes} that ${kind.name} can have`);
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
  const shaped =
    underlayMtu !== DEFAULT_UNDERLAY_MTU ||
    [underlayRate, underlayDelay, underlayLoss].some((one) => one !== undefined);
  return shaped ? [`${kind} clusters have the network that they come with; leave out the --underlay-... flags`] : [];
}

function kubernetesProblems({ nodeImage, loadImage, images, registryMirror }: ClusterFlags, kind: string): string[] {
  const flags = {
    "--node-image": nodeImage,
    "--load-image": loadImage,
    "--images": images,
    "--registry-mirror": registryMirror,
  };
  const [given] = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  return given === undefined
    ? []
    : [`${given} is for clusters with Kubernetes, and ${kind} has none; leave it out, or use --cluster kind`];
}

function imageProblems({ images, registryMirror }: ClusterFlags): string[] {
  const archive = images === undefined || statSync(images, { throwIfNoEntry: false })?.isFile() === true;
  const mirror = registryMirror === undefined || /^[A-Za-z0-9.-]+:\d{1,5}$/.test(registryMirror);
  return [
    ...(archive ? [] : [`--images ${images} is no file; make one with: docker save --output FILE.tar IMAGE...`]),
    ...(mirror ? [] : [`--registry-mirror ${registryMirror} is no HOST:PORT`]),
  ];
}

/** Problems are added to `problems`. */
export function findKind(name: string, problems: string[]): ClusterKind {
  if (name === "auto") return clusters.netns;
  if (Object.hasOwn(clusters, name)) return clusters[name as keyof typeof clusters];
  const known = ["auto", ...Object.keys(clusters)];
  problems.push(`unknown cluster "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}`);
  return clusters.netns;
}
