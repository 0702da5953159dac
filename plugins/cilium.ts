/** Recipes for Cilium on Kubernetes, installed with the Helm chart of the project. */
import type { KubernetesContext, KubernetesRecipe, Plugin } from "./plugin.ts";
import { imageAtVersion, imageReference, IMAGES, type PinnedImage, VERSIONS } from "./kubernetes/versions.ts";

type Variant = "tunnel" | "native" | "kube-proxy-replacement";

const NAMESPACE = "kube-system";

export const cilium = variant(
  "cilium",
  "tunnel",
  "Cilium with VXLAN tunnels and eBPF, services with kube-proxy",
  "VXLAN",
);
export const ciliumNative = variant(
  "cilium-native",
  "native",
  "Cilium with routes between nodes and eBPF, services with kube-proxy",
  "none (routes)",
);
export const ciliumKpr = variant(
  "cilium-kpr",
  "kube-proxy-replacement",
  "Cilium with VXLAN tunnels and eBPF, services with eBPF instead of kube-proxy",
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
    leftovers: "links, routing rules, packet filter rules, eBPF programs",
    specVersion: "0.3.1",
    enforcesPolicy: true,
    forVersion: (other) => recipe(variant, other.replace(/^v/, "")),
  };
}

/** Chart values for the data path only: no Hubble, no Envoy, one operator. Pods get addresses from the node ranges. */
function values(
  variant: Variant,
  { agent, operator }: Images,
  { clusterCidr, apiServer, byDigest }: KubernetesContext,
): Readonly<Record<string, unknown>> {
  const common = {
    ...{ ipam: { mode: "kubernetes" }, hubble: { enabled: false }, envoy: { enabled: false } },
    image: { pullPolicy: "IfNotPresent", ...digestValues(agent, "digest", byDigest) },
    operator: {
      replicas: 1,
      image: { pullPolicy: "IfNotPresent", ...digestValues(operator, "genericDigest", byDigest) },
    },
  };
  switch (variant) {
    case "tunnel":
      return { ...common, routingMode: "tunnel", tunnelProtocol: "vxlan", kubeProxyReplacement: false };
    case "native":
      return {
        ...common,
        routingMode: "native",
        autoDirectNodeRoutes: true,
        ipv4NativeRoutingCIDR: clusterCidr,
        kubeProxyReplacement: false,
      };
    case "kube-proxy-replacement":
      return {
        ...common,
        routingMode: "tunnel",
        tunnelProtocol: "vxlan",
        kubeProxyReplacement: true,
        k8sServiceHost: apiServer.host,
        k8sServicePort: apiServer.port,
      };
  }
}

/**
 * Chart values that pin an image by digest. Without a known digest, the chart decides: a released chart contains the
 * digests of its version, a chart from the source tree pulls by tag.
 */
function digestValues(
  { digest }: PinnedImage,
  key: "digest" | "genericDigest",
  byDigest: boolean,
): Readonly<Record<string, unknown>> {
  if (!byDigest) return { useDigest: false };
  return digest === undefined ? {} : { useDigest: true, [key]: digest };
}
