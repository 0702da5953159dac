/**
 * All plugin versions that cnibench installs on Kubernetes. An image digest is that of the multi-architecture index
 * that the registry serves for the tag; a manifest digest is that of the file at its URL.
 */

/** An image by tag, and by digest if known. */
export interface PinnedImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string;
}

export const VERSIONS = {
  flannel: "v0.28.5",
  calico: "v3.32.1",
  weave: "2.8.1",
  cilium: "1.19.8",
} as const;

export const IMAGES = {
  flannel: pinnedImage(
    "ghcr.io/flannel-io/flannel",
    VERSIONS.flannel,
    "sha256:5414132a5547ca336112dc00113530363aeeb7e8b59c1f6b8e5703c0ccb534e7",
  ),
  /** The CNI plugin has its own version numbers, separate from flanneld. */
  flannelCni: pinnedImage(
    "ghcr.io/flannel-io/flannel-cni-plugin",
    "v1.9.1-flannel1",
    "sha256:7c3377e977b4b77b8efdad96e207ebee371537d6dcd7b9c40853cf0c0f0aade3",
  ),
  calicoCni: pinnedImage(
    "quay.io/calico/cni",
    VERSIONS.calico,
    "sha256:bb1567e3ed81e2e8414e9a68f186e1f7ffd4067a4871a9ae90896793af0190dd",
  ),
  calicoNode: pinnedImage(
    "quay.io/calico/node",
    VERSIONS.calico,
    "sha256:7f874b3f0b540c2b523aea9961ef5e2f43b0af9056a47874c916d6cf348168d3",
  ),
  calicoControllers: pinnedImage(
    "quay.io/calico/kube-controllers",
    VERSIONS.calico,
    "sha256:18008f781c869376dbbc4dfb1ffe3afb46f7897887d4f20e080c420ac44a6612",
  ),
  weave: pinnedImage(
    "docker.io/weaveworks/weave-kube",
    VERSIONS.weave,
    "sha256:d797338e7beb17222e10757b71400d8471bdbd9be13b5da38ce2ebf597fb4e63",
  ),
  weaveNpc: pinnedImage(
    "docker.io/weaveworks/weave-npc",
    VERSIONS.weave,
    "sha256:38d3e30a97a2260558f8deb0fc4c079442f7347f27c86660dbfc8ca91674f14c",
  ),
  cilium: pinnedImage(
    "quay.io/cilium/cilium",
    `v${VERSIONS.cilium}`,
    "sha256:e9f7ee1f2f3a41e44339612e3b6b88170bdde7679c9c9461f287bb27702a8ecf",
  ),
  ciliumOperator: pinnedImage(
    "quay.io/cilium/operator-generic",
    `v${VERSIONS.cilium}`,
    "sha256:786ec9bb1a9344435e3e3f994bc4ed3a4a85afa6a314e98681af241f8be79833",
  ),
} as const satisfies Record<string, PinnedImage>;

/** SHA-256 of calico.yaml at the version in {@link VERSIONS}. */
export const CALICO_MANIFEST_SHA256 = "a1df919d9721cf667accdc3e72848911b0cb25cfab7d2478ad0c996302c95744";

/** Returns the image at another version, without digest unless the version is the pinned one. */
export function imageAtVersion(image: PinnedImage, tag: string): PinnedImage {
  return tag === image.tag ? image : { repository: image.repository, tag };
}

/** Returns `repository:tag`, followed by `@digest` if it is known and `byDigest` is set. */
export function imageReference(image: PinnedImage, byDigest: boolean): string {
  const name = `${image.repository}:${image.tag}`;
  return byDigest && image.digest !== undefined ? `${name}@${image.digest}` : name;
}

function pinnedImage(repository: string, tag: string, digest: string): PinnedImage {
  return { repository, tag, digest };
}
