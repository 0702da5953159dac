/** Describes how a plugin is installed on Kubernetes. Plugins declare it, cluster kinds execute it. */

/** A chart that helm installs. */
export interface HelmChart {
  readonly release: string;
  readonly namespace: string;
  /** Name of the chart in its repository, or a directory or archive. */
  readonly chart: string;
  readonly repository?: string;
  readonly version?: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** A file whose values override these. */
  readonly valuesFile?: string;
}

/** A manifest published by a plugin's project. */
export interface PublishedManifest {
  readonly url: string;
  /** null: cnibench has no checksum for this version. */
  readonly sha256: string | null;
}

/** Changes to a published manifest: patches for objects of the same name, additional objects, image digests. */
export interface ManifestChanges {
  readonly patches: readonly object[];
  readonly added: readonly object[];
  readonly images: readonly { readonly name: string; readonly digest: string }[];
}
