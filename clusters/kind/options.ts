/** The options of kind clusters: container images. */
import type { StoredOptions } from "../../results/record.ts";
import { IMAGE_OPTIONS, imageFlags, parseImages, storedImages, type KubernetesImages } from "../kubernetes-options.ts";
import type { KindOptions } from "../options.ts";

export const kindOptions = {
  specs: IMAGE_OPTIONS,
  requirement: (kind: string) =>
    `requires Kubernetes, which ${kind} clusters do not have; omit it, or use --cluster kind`,
  parse: parseImages,
  toStored: (images: KubernetesImages, abbreviateHome: (path: string) => string): StoredOptions => ({
    kubernetes: storedImages(images, abbreviateHome),
  }),
  toFlags: imageFlags,
} as const satisfies KindOptions;
