/** Renders kind's cluster configuration (kind documentation, "Configuration") as JSON, a subset of YAML. Pure. */
import type { KubernetesSpec } from "../cluster.ts";
import { POD_CIDR } from "../nodes/addresses.ts";

/** Path of the image archive on the nodes. */
export const NODE_IMAGE_ARCHIVE = "/cnibench/images.tar";
/** Directory of containerd's registry configuration (containerd, hosts.md). kind nodes use it since 0.27. */
export const MIRROR_CONFIG_DIR = "/etc/containerd/certs.d";

/**
 * @param nodes number of nodes, the first of which is the control plane
 * @param imageArchive file on this host that the nodes see at {@link NODE_IMAGE_ARCHIVE}
 */
export function kindConfig(nodes: number, { cni, kubeProxyMode }: KubernetesSpec, imageArchive?: string): string {
  const mounts =
    imageArchive === undefined
      ? {}
      : { extraMounts: [{ hostPath: imageArchive, containerPath: NODE_IMAGE_ARCHIVE, readOnly: true }] };
  const roles = ["control-plane", ...Array.from({ length: nodes - 1 }, () => "worker")];
  return JSON.stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { disableDefaultCNI: cni === "none", podSubnet: POD_CIDR, kubeProxyMode },
    nodes: roles.map((role) => ({ role, ...mounts })),
  });
}

/** Returns a `hosts.toml` that makes containerd pull the images of all registries from one mirror. */
export function mirrorConfig(mirror: string): string {
  return `[host."http://${mirror}"]\n  capabilities = ["pull", "resolve"]\n`;
}
