/**
 * Recipes for Calico on Kubernetes. The project's manifest has 8,000 lines, mostly custom resource definitions, so it
 * is downloaded and patched instead of being rewritten here. Every variant encapsulates all traffic between nodes:
 * kind nodes share one segment, where Calico's "CrossSubnet" mode would never encapsulate.
 */
import type { KubernetesContext, KubernetesRecipe, Plugin } from "./plugin.ts";
import { imageAtVersion, CALICO_MANIFEST_SHA256, imageReference, IMAGES, VERSIONS } from "./kubernetes/versions.ts";

type Variant = "vxlan" | "ipip" | "ebpf";

const NAMESPACE = "kube-system";
const CONFIG = "calico-config";

export const calico = variant("calico", "vxlan", "Calico with VXLAN for all traffic, policies with iptables", "VXLAN");
export const calicoIpip = variant(
  "calico-ipip",
  "ipip",
  "Calico with IP in IP for all traffic, BGP routes, policies with iptables",
  "IP in IP",
);
export const calicoEbpf = variant(
  "calico-ebpf",
  "ebpf",
  "Calico with VXLAN, policies and services with eBPF instead of kube-proxy",
  "VXLAN",
);

function variant(name: string, kind: Variant, summary: string, encapsulation: string): Plugin {
  return { name, summary, encapsulation, kubernetes: recipe(kind, VERSIONS.calico) };
}

function recipe(variant: Variant, version: string): KubernetesRecipe {
  const images = [IMAGES.calicoCni, IMAGES.calicoNode, IMAGES.calicoControllers].map((image) =>
    imageAtVersion(image, version),
  );
  const digests = images.flatMap(({ repository, digest }) =>
    digest === undefined ? [] : [{ name: repository, digest }],
  );
  const url = `https://raw.githubusercontent.com/projectcalico/calico/${version}/manifests/calico.yaml`;
  return {
    version,
    images: images.map((image) => imageReference(image, true)),
    manifest: { url, sha256: version === VERSIONS.calico ? CALICO_MANIFEST_SHA256 : null },
    install: (context) => ({
      changes: {
        patches: patches(variant, context),
        added: added(variant, context),
        images: context.byDigest ? digests : [],
      },
    }),
    ...(variant === "ebpf" ? { kubeProxyMode: "none" } : {}),
    nodeBinaries: [],
    workloads: [
      { kind: "daemonset", namespace: NAMESPACE, name: "calico-node" },
      { kind: "deployment", namespace: NAMESPACE, name: "calico-kube-controllers" },
    ],
    nodeFiles: [
      "/etc/cni/net.d/10-calico.conflist",
      "/etc/cni/net.d/calico-kubeconfig",
      "/opt/cni/bin/calico",
      "/opt/cni/bin/calico-ipam",
      "/var/lib/calico/nodename",
    ],
    leftovers: "links, routes, packet filter rules, IP sets, the reference CNI plugins from its image",
    specVersion: "0.3.1",
    enforcesPolicy: true,
    forVersion: (other) => recipe(variant, other),
  };
}

function patches(variant: Variant, { clusterCidr }: KubernetesContext): readonly object[] {
  const pool = { CALICO_IPV4POOL_CIDR: clusterCidr };
  if (variant === "ipip")
    return [
      nodePatch({ ...pool, CALICO_IPV4POOL_IPIP: "Always", CALICO_IPV4POOL_VXLAN: "Never" }, [
        "-felix-ready",
        "-bird-ready",
      ]),
    ];
  const dataplane: Record<string, string> = variant === "ebpf" ? { FELIX_BPFENABLED: "true" } : {};
  const config = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: CONFIG, namespace: NAMESPACE },
    data: { calico_backend: "vxlan" },
  };
  // VXLAN runs without BIRD, so a probe for BIRD would never succeed.
  return [
    config,
    nodePatch({ ...pool, ...dataplane, CALICO_IPV4POOL_IPIP: "Never", CALICO_IPV4POOL_VXLAN: "Always" }, [
      "-felix-ready",
    ]),
  ];
}

function nodePatch(env: Readonly<Record<string, string>>, ready: readonly string[]): object {
  const probe = (flags: readonly string[]): object => ({ exec: { command: ["/bin/calico-node", ...flags] } });
  const container = {
    name: "calico-node",
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    livenessProbe: probe(ready.map((flag) => flag.replace("-ready", "-live"))),
    readinessProbe: probe(ready),
  };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "calico-node", namespace: NAMESPACE },
    spec: { template: { spec: { containers: [container] } } },
  };
}

/** Without kube-proxy, the agent needs the address of the API server. */
function added(variant: Variant, { apiServer }: KubernetesContext): readonly object[] {
  if (variant !== "ebpf") return [];
  const data = { KUBERNETES_SERVICE_HOST: apiServer.host, KUBERNETES_SERVICE_PORT: String(apiServer.port) };
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kubernetes-services-endpoint", namespace: NAMESPACE },
      data,
    },
  ];
}
