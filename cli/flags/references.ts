/** The pinned references of everything that a plan would install on Kubernetes. Pure. */
import type { Cluster } from "../../clusters/index.ts";
import type { Plugin } from "../../plugins/index.ts";

interface References {
  readonly plugin: string;
  readonly version: string;
  readonly images: readonly string[];
  readonly manifest: { readonly url: string; readonly sha256: string | null } | null;
}

export function referencesOf(plugins: readonly Plugin[], api: Cluster["api"]): readonly References[] {
  return plugins.flatMap(({ name, kubernetes }) =>
    api !== "kubernetes" || kubernetes === undefined
      ? []
      : [
          {
            plugin: name,
            version: kubernetes.version,
            images: kubernetes.images,
            manifest: kubernetes.manifest ?? null,
          },
        ],
  );
}

/** Formats references as lines; an empty string if there are none. */
export function describeReferences(references: readonly References[]): string {
  const lines = references.flatMap(({ plugin, version, images, manifest }) => [
    `${plugin} ${version}`,
    ...(manifest === null
      ? []
      : [`  ${manifest.url} (${manifest.sha256 === null ? "checksum unknown" : `sha256 ${manifest.sha256}`})`]),
    ...images.map((image) => `  ${image}`),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}
