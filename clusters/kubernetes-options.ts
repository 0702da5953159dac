/** The options for the container images of Kubernetes clusters, which several kinds share. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { DEFAULT_LOAD_IMAGE } from "../kubernetes/index.ts";
import type { StoredOptions } from "../results/index.ts";
import type { OptionSpec } from "./option-spec.ts";

/** The container images of a Kubernetes cluster. An omitted image means the default of the kind. */
export interface KubernetesImages {
  /** Image of nodes that are containers. */
  readonly nodeImage?: string;
  /** Image with the load tools, which pods run. */
  readonly loadImage: string;
  /** Archive of images (`docker save`) that is imported on every node before anything is installed. */
  readonly imageArchive?: string;
  /** `host:port` of the registry that all other images are pulled from. */
  readonly registryMirror?: string;
}

export const DEFAULT_IMAGES: KubernetesImages = { loadImage: DEFAULT_LOAD_IMAGE };

export const IMAGE_OPTIONS: readonly OptionSpec[] = [
  { flags: "--node-image <image>", description: "container image of the nodes", defaultText: "kind's own" },
  {
    flags: "--load-image <image>",
    description: "container image with the load tools, also for kubeconfig clusters",
    defaultText: 'cnibench/load:1; build it with "docker build -t cnibench/load:1 images/load"',
  },
  { flags: "--images <file>", description: "archive of container images for every node, from docker save" },
  { flags: "--registry-mirror <host:port>", description: "registry to pull all container images from" },
];

/** Values of {@link IMAGE_OPTIONS}. */
export interface ImageFlags {
  readonly nodeImage?: string;
  readonly loadImage?: string;
  readonly images?: string;
  readonly registryMirror?: string;
}

/** @param problems receives all problems */
export function parseImages(
  { nodeImage, loadImage, images, registryMirror }: ImageFlags,
  problems: string[],
): KubernetesImages {
  if (images !== undefined && statSync(images, { throwIfNoEntry: false })?.isFile() !== true)
    problems.push(`--images ${images}: not a file; create one with: docker save --output FILE.tar IMAGE...`);
  if (registryMirror !== undefined && !/^[A-Za-z0-9.-]+:\d{1,5}$/.test(registryMirror))
    problems.push(`--registry-mirror ${registryMirror}: not a HOST:PORT; give a host and a port without a scheme`);
  return {
    loadImage: loadImage ?? DEFAULT_LOAD_IMAGE,
    ...(nodeImage === undefined ? {} : { nodeImage }),
    ...(images === undefined ? {} : { imageArchive: resolve(images) }),
    ...(registryMirror === undefined ? {} : { registryMirror }),
  };
}

/** Returns the stored form. @param abbreviateHome replaces the home directory in a path */
export function storedImages(
  { nodeImage, loadImage, imageArchive, registryMirror }: KubernetesImages,
  abbreviateHome: (path: string) => string,
): StoredOptions {
  const images = imageArchive === undefined ? null : abbreviateHome(imageArchive);
  return {
    kubernetes: { nodeImage: nodeImage ?? null, loadImage, images, registryMirror: registryMirror ?? null },
  };
}

/** Returns the values that a stored form was made of. @param expandHome restores the home directory in a path */
export function imageFlags({ kubernetes }: StoredOptions, expandHome: (path: string) => string): ImageFlags {
  if (kubernetes === undefined) return {};
  const { nodeImage, loadImage, images, registryMirror } = kubernetes;
  return {
    loadImage,
    ...(nodeImage === null ? {} : { nodeImage }),
    ...(images === null ? {} : { images: expandHome(images) }),
    ...(registryMirror === null ? {} : { registryMirror }),
  };
}
