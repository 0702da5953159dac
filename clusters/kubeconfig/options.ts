/** The options of kubeconfig clusters: which cluster, which of its nodes, and whether a plugin is installed on it. */
import { printable } from "../../core/errors.ts";
import { isObjectName } from "../../kubernetes/index.ts";
import type { StoredOptions } from "../../results/index.ts";
import type { ClusterSpec } from "../cluster.ts";
import {
  DEFAULT_IMAGES,
  IMAGE_OPTIONS,
  imageFlags,
  parseImages,
  storedImages,
  type ImageFlags,
  type KubernetesImages,
} from "../kubernetes-options.ts";
import type { KindOptions } from "../option-spec.ts";

/** Selects an existing cluster and its nodes. */
export interface ExistingOptions extends KubernetesImages {
  /** Context of the kubeconfig; null: the current context. */
  readonly context: string | null;
  /** Label selector of the nodes to measure; null: any node. */
  readonly nodeSelector: string | null;
  /** Secrets in the namespace of the context, with which the nodes pull the load image. */
  readonly pullSecrets: readonly string[];
  /** Whether a plugin is installed on the cluster for the duration of the run. */
  readonly installsPlugin: boolean;
}

/** An existing cluster to connect to. */
export interface ExistingSpec extends ClusterSpec {
  readonly options?: ExistingOptions;
}

export const DEFAULT_EXISTING: ExistingOptions = {
  ...DEFAULT_IMAGES,
  context: null,
  nodeSelector: null,
  pullSecrets: [],
  installsPlugin: false,
};

export interface ExistingFlags extends ImageFlags {
  readonly context?: string;
  readonly nodeSelector?: string;
  readonly imagePullSecret?: readonly string[];
  readonly install?: boolean;
}

/** @param problems receives the names that no secret can have */
function parsePullSecrets(names: readonly string[], problems: string[]): readonly string[] {
  for (const name of names)
    if (!isObjectName(name))
      problems.push(
        `--image-pull-secret ${printable(name)}: not a DNS name; use lowercase letters, digits, hyphens and dots`,
      );
  return names;
}

export const existingOptions = {
  specs: [
    ...IMAGE_OPTIONS,
    {
      flags: "--context <name>",
      description: "kubeconfig context of the cluster",
      defaultText: "the current one",
    },
    { flags: "--node-selector <labels>", description: "label selector of the nodes to use: pool=bench" },
    {
      flags: "--image-pull-secret <name>",
      description: "secret in the namespace of the context for pulling the load image; repeatable",
      repeatable: true,
    },
    {
      flags: "--install",
      description:
        "install the plugin named by --plugins on a cluster without one and uninstall it at the end; " +
        "prompts unless --yes",
      commands: ["run", "plan"],
    },
    {
      flags: "--context <name>",
      description: "also clean the cluster of this kubeconfig context",
      commands: ["clean"],
    },
  ],
  requirement: () => "requires an existing cluster; add --cluster kubeconfig",
  parse: (flags: ExistingFlags, problems: string[]): ExistingOptions => ({
    ...parseImages(flags, problems),
    context: flags.context ?? null,
    nodeSelector: flags.nodeSelector ?? null,
    pullSecrets: parsePullSecrets(flags.imagePullSecret ?? [], problems),
    installsPlugin: flags.install ?? false,
  }),
  toStored: (
    { context, nodeSelector, pullSecrets, installsPlugin, ...images }: ExistingOptions,
    abbreviateHome: (path: string) => string,
  ): StoredOptions => ({
    ...storedImages(images, abbreviateHome),
    existing: {
      context,
      nodeSelector,
      ...(pullSecrets.length > 0 ? { imagePullSecrets: pullSecrets } : {}),
      ...(installsPlugin ? { installs: true } : {}),
    },
  }),
  toFlags: (stored: StoredOptions, expandHome: (path: string) => string): ExistingFlags => {
    const { context = null, nodeSelector = null, imagePullSecrets, installs } = stored.existing ?? {};
    return {
      ...imageFlags(stored, expandHome),
      ...(context === null ? {} : { context }),
      ...(nodeSelector === null ? {} : { nodeSelector }),
      ...(imagePullSecrets === undefined ? {} : { imagePullSecret: imagePullSecrets }),
      ...(installs === true ? { install: true } : {}),
    };
  },
} as const satisfies KindOptions;
