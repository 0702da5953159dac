/** The options of kubeconfig clusters: which cluster, which of its nodes, and whether a plugin is installed on it. */
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
  installsPlugin: false,
};

export interface ExistingFlags extends ImageFlags {
  readonly context?: string;
  readonly nodeSelector?: string;
  readonly install?: boolean;
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
    installsPlugin: flags.install ?? false,
  }),
  toStored: (
    { context, nodeSelector, installsPlugin, ...images }: ExistingOptions,
    abbreviateHome: (path: string) => string,
  ): StoredOptions => ({
    ...storedImages(images, abbreviateHome),
    existing: { context, nodeSelector, ...(installsPlugin ? { installs: true } : {}) },
  }),
  toFlags: (stored: StoredOptions, expandHome: (path: string) => string): ExistingFlags => {
    const { context = null, nodeSelector = null, installs } = stored.existing ?? {};
    return {
      ...imageFlags(stored, expandHome),
      ...(context === null ? {} : { context }),
      ...(nodeSelector === null ? {} : { nodeSelector }),
      ...(installs === true ? { install: true } : {}),
    };
  },
} as const satisfies KindOptions;
