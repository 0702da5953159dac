/** What brings a plugin into a cluster with Kubernetes: told by the plugins, carried out by the clusters. */

/** A chart that the helm program installs. */
export interface HelmChart {
  readonly release: string;
  readonly namespace: string;
  /** Name of the chart in its repository, or a folder or archive. */
  readonly chart: string;
  readonly repository?: string;
  readonly version?: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** A file whose values win over these. */
  readonly valuesFile?: string;
}

/** A manifest that a project publishes. */
export interface PublishedManifest {
  readonly url: string;
  /** null: of a version that cnibench has no sum for. */
  readonly sha256: string | null;
}

/** What is changed in a published manifest: objects merged into those of the same name, objects added, images named by digest. */
export interface ManifestChanges {
  readonly patches: readonly object[];
  readonly added: readonly object[];
  readonly images: readonly { readonly name: string; readonly digest: string }[];
}
