/** kind's description of a cluster (kind documentation, "Configuration"), as JSON, which is YAML too. Pure. */
import type { KubernetesSpec } from "../cluster.ts";

/** Where nodes find the archive of images. */
export const NODE_IMAGE_ARCHIVE = "/cnibench/images.tar";
/** Where containerd looks for mirrors of registries (containerd, hosts.md); kind's nodes since 0.27 name it. */
export const MIRROR_CONFIG_DIR = "/etc/containerd/certs.d";

/** @param nodes the first runs the control plane too */
export function kindConfig(nodes: number, { cni, podCidr, kubeProxyMode, imageArchive }: KubernetesSpec): string {
  const mounts =
    imageArchive === undefined
      ? {}
      : { extraMounts: [{ hostPath: imageArchive, containerPath: NODE_IMAGE_ARCHIVE, readOnly: true }] };
  const roles = ["control-plane", ...Array.from({ length: nodes - 1 }, () => "worker")];
  return JSON.stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { disableDefaultCNI: cni === "none", podSubnet: podCidr, kubeProxyMode },
    nodes: roles.map((role) => ({ role, ...mounts })),
  });
}

/** `hosts.toml` that sends containerd to one registry for all others' images. */
export function mirrorConfig(mirror: string): string {
  return `[host."http://${mirror}"]\n  capabilities = ["pull", "resolve"]\n`;
}
