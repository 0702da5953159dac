/** The capability of kinds whose clusters exist already, with the user's plugin or for a temporary installation. */
import type { Problem } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { InstallableCluster } from "./cluster.ts";

/** A recognized plugin of an existing cluster. */
export interface InstalledPlugin {
  readonly name: string;
  /** Tag of its image; null if the image has only a digest. */
  readonly version: string | null;
  /** null if the settings do not show it. */
  readonly encapsulation: string | null;
  /** Other facts about its data path: `eBPF`, `replaces kube-proxy`. */
  readonly features: readonly string[];
  /** Whether the plugin claims to enforce NetworkPolicy. */
  readonly policy: boolean;
}

/** Returns the name and version of a plugin. @param plugin null: not recognized */
export function describeInstalled(plugin: InstalledPlugin | null): string {
  if (plugin === null) return "an unknown plugin";
  return `${plugin.name} ${plugin.version ?? "(unknown version)"}`;
}

/** A cluster on which a plugin can be installed for the duration of a run. */
export interface InstallTarget {
  /** `the cluster of context NAME`. */
  readonly name: string;
  /** Container image with the load tools. */
  readonly loadImage: string;
  /** The command that uninstalls a plugin that a killed run left installed. */
  readonly cleanCommand: string;
  /** Returns the permissions that the user lacks to create and delete these objects. */
  checkPermissions(host: Host, objects: readonly unknown[]): Promise<readonly Problem[]>;
  /**
   * Opens privileged access to all nodes.
   * @throws EnvironmentError if the cluster does not allow it, or a node does not run a pod
   */
  open(host: Host): Promise<InstallAccess>;
}

/** Access to all nodes of a cluster, for the installation of a plugin only. */
export interface InstallAccess extends AsyncDisposable {
  readonly cluster: InstallableCluster;
  /**
   * Records the installation on the cluster, so that it can be found after a crash.
   * @param pluginSpec name of the plugin in `--plugins`
   * @throws EnvironmentError if another plugin is recorded
   */
  record(pluginSpec: string, signal: AbortSignal): Promise<void>;
  /** Deletes the record, if there is one. */
  deleteRecord(): Promise<void>;
}

/** A cluster before a plugin is installed on it. */
export interface ClusterInspection {
  readonly target: InstallTarget;
  /** URL of the API server; null if the kubeconfig does not contain it. */
  readonly serverUrl: string | null;
  /** Why no plugin can be installed; null if one can. */
  readonly occupied: string | null;
}

/** A plugin that a killed run left installed. */
export interface LeftoverInstall {
  /** Name of the plugin in `--plugins`. */
  readonly pluginSpec: string;
  readonly target: InstallTarget;
  /** Why it must not be uninstalled yet, with the next step; null if it can be. */
  readonly inUse: string | null;
  /** The command that deletes the record of the plugin. */
  readonly deleteRecordCommand: string;
}

/** Clusters that exist already. */
export interface ExistingClusters {
  /**
   * Detects the plugin that is installed; null if it is not recognized.
   * @param options see {@link ClusterSpec.options}
   * @throws UsageError for the options; EnvironmentError if the cluster cannot be read
   */
  detectPlugin(host: Host, options: object): Promise<InstalledPlugin | null>;
  /** Reports whether the options ask for the temporary installation of a plugin. */
  installsPlugin(options: object): boolean;
  /** Inspects a cluster before an installation. @throws as {@link detectPlugin} */
  inspect(host: Host, options: object): Promise<ClusterInspection>;
  /** Finds a plugin that a killed run left installed; null if there is none. @param flags of `cnibench clean` */
  findLeftover(host: Host, flags: object): Promise<LeftoverInstall | null>;
}

/** An existing cluster, which options select. */
export interface ExistingSelection {
  readonly existing: ExistingClusters;
  /** See {@link ClusterSpec.options}. */
  readonly options: object;
}
