/** Cilium on Kubernetes, from the chart of its project. */
import type { KubernetesContext, KubernetesRecipe, Plugin } from "./plugin.ts";
import { imageAtVersion, imageReference, IMAGES, type PinnedImage, VERSIONS } from "./kubernetes/versions.ts";

type Variant = "tunnel" | "native" | "kube-proxy-replacement";

const NAMESPACE = "kube-system";

export const cilium = variant("cilium", "tunnel", "Cilium, VXLAN tunnels, eBPF, services by kube-proxy", "VXLAN");
export const ciliumNative = variant(
  "cilium-native",
  "native",
  "Cilium, routes to each node, eBPF, services by kube-proxy",
  "none (routes)",
);
export const ciliumKpr = variant(
  "cilium-kpr",
  "kube-proxy-replacement",
  "Cilium, VXLAN tunnels, eBPF, services by eBPF in the place of kube-proxy",
  "VXLAN",
);

function variant(name: string, kind: Variant, summary: string, encapsulation: string): Plugin {
  return { name, summary, encapsulation, kubernetes: recipe(kind, VERSIONS.cilium) };
}

interface Images {
  readonly agent: PinnedImage;
  readonly operator: PinnedImage;
}

function recipe(variant: Variant, version: string): KubernetesRecipe {
  const images: Images = {
    agent: imageAtVersion(IMAGES.cilium, `v${version}`),
    operator: imageAtVersion(IMAGES.ciliumOperator, `v${version}`),
  };
  return {
    version,
    images: [images.agent, images.operator].map((image) => imageReference(image, true)),
    install: (context) => ({
      chart: {
        release: "cilium",
        namespace: NAMESPACE,
        chart: "cilium",
        repository: "https://helm.cilium.io/",
        version,
        values: values(variant, images, context),
      },
    }),
    ...(variant === "kube-proxy-replacement" ? { kubeProxyMode: "none" } : {}),
    tools: ["helm"],
    nodeBinaries: [],
    workloads: [
      { kind: "daemonset", namespace: NAMESPACE, name: "cilium" },
      { kind: "deployment", namespace: NAMESPACE, name: "cilium-operator" },
    ],
    nodeFiles: ["/etc/cni/net.d/05-cilium.conflist", "/opt/cni/bin/cilium-cni"],
    leftovers: "links, rules, packet filters, eBPF programs",
    specVersion: "0.3.1",
    enforcesPolicy: true,
    forVersion: (other) => recipe(variant, other.replace(/^v/, "")),
  };
}

/** Only what packets go through: no Hubble, no Envoy, one operator. Addresses come from the ranges of the nodes. */
function values(
  variant: Variant,
  { agent, operator }: Images,
  { clusterCidr, apiServer, byDigest }: KubernetesContext,
): Readonly<Record<string, unknown>> {
  const plain = {
    ...{ ipam: { mode: "kubernetes" }, hubble: { enabled: false }, envoy: { enabled: false } },
    image: { pullPolicy: "IfNotPresent", ...digestValues(agent, "digest", byDigest) },
    operator: {
      replicas: 1,
      image: { pullPolicy: "IfNotPresent", ...digestValues(operator, "genericDigest", byDigest) },
    },
  };
  switch (variant) {
    case "tunnel":
      return { ...plain, routingMode: "tunnel", tunnelProtocol: "vxlan", kubeProxyReplacement: false };
    case "native":
      return {
        ...plain,
        routingMode: "native",
        autoDirectNodeRoutes: true,
        ipv4NativeRoutingCIDR: clusterCidr,
        kubeProxyReplacement: false,
      };
    case "kube-proxy-replacement":
      return {
        ...plain,
        routingMode: "tunnel",
        tunnelProtocol: "vxlan",
        kubeProxyReplacement: true,
        k8sServiceHost: apiServer.host,
        k8sServicePort: apiServer.port,
      };
  }
}

/** Left to the chart where no digest is known: a released one has those of its own version, one from the sources has none and pulls by tag. */
function digestValues(
  { digest }: PinnedImage,
  key: "digest" | "genericDigest",
  byDigest: boolean,
): Readonly<Record<string, unknown>> {
  if (!byDigest) return { useDigest: false };
  return digest === undefined ? {} : { useDigest: true, [key]: digest };
}
