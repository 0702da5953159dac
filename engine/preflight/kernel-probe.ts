/** Detects kernel features that the nodes of a cluster kind lack, by using them on a temporary node. */
import type { ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import type { Family } from "../../core/model.ts";
import type { Host } from "../../core/host.ts";
import type { Node } from "../../core/model.ts";
import { succeeded } from "../../core/shell.ts";
import type { LinkType, Plugin } from "../../plugins/index.ts";

/** A link type or an address family. */
export type KernelFeature = LinkType | "IPv6";

/** Arguments of `ip link add name NAME` for each link type. */
const LINK_ARGS: Readonly<Record<LinkType, readonly string[]>> = {
  macvlan: ["link", "eth0", "type", "macvlan", "mode", "bridge"],
  ipvlan: ["link", "eth0", "type", "ipvlan", "mode", "l2"],
  vlan: ["link", "eth0", "type", "vlan", "id", "100"],
  vxlan: ["type", "vxlan", "id", "1", "dstport", "8472", "dev", "eth0"],
  ipip: ["type", "ipip", "local", "127.0.0.1"],
  wireguard: ["type", "wireguard"],
};

/** The features that a plan may need. */
interface FeatureNeeds {
  readonly plugins: readonly Plugin[];
  readonly families: readonly Family[];
}

/** Reports whether a plan depends on the kernel of the nodes: on a feature, or on the shaping of the underlay. */
export function needsKernelProbe(kind: ClusterKind, spec: ClusterSpec, needs: FeatureNeeds): boolean {
  // Plugins on Kubernetes bring their own requirements, and such a cluster is too expensive for a probe.
  if (kind.api === "kubernetes") return false;
  const { links, ipv6 } = featuresOf(needs);
  const shaped = [spec.underlayRate, spec.underlayDelay, spec.underlayLoss].some((one) => one !== undefined);
  return links.size > 0 || ipv6 || shaped;
}

function featuresOf({ plugins, families }: FeatureNeeds): { readonly links: Set<LinkType>; readonly ipv6: boolean } {
  return {
    links: new Set(plugins.flatMap(({ bare }) => bare?.linkTypes ?? [])),
    ipv6: families.some((family) => family !== "ipv4"),
  };
}

/**
 * Returns the needed features that the kernel lacks. Neither kernel versions nor module lists show what a kernel
 * supports, so each link type is created once. No cluster is created unless the plan depends on the kernel.
 * @throws EnvironmentError if no cluster of this kind, or none with such an underlay, can be created; the signal's
 *   reason
 */
export async function probeKernel(
  host: Host,
  kind: ClusterKind,
  spec: ClusterSpec,
  needs: FeatureNeeds,
): Promise<ReadonlySet<KernelFeature>> {
  if (!needsKernelProbe(kind, spec, needs)) return new Set();
  const { links, ipv6 } = featuresOf(needs);
  const cluster = await kind.create(host, { ...spec, nodes: 1 });
  try {
    const [node] = cluster.nodes;
    if (node === undefined) return new Set();
    const missing: KernelFeature[] = ipv6 && node.ip6 === null ? ["IPv6"] : [];
    for (const link of links) if (!(await canCreateLink(node, link))) missing.push(link);
    return new Set(missing);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

async function canCreateLink({ shell }: Node, link: LinkType): Promise<boolean> {
  const created = succeeded(await shell.exec(["ip", "link", "add", "name", "probe", ...LINK_ARGS[link]]));
  if (created) await shell.exec(["ip", "link", "delete", "probe"]);
  return created;
}
