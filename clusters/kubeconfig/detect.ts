/** Detects the plugin of a cluster from its DaemonSets and their settings. Pure. */
import { stringAt, tryParse } from "../../core/untrusted-json.ts";
import { nameOf, readConfigMap, readContainers } from "../../kubernetes/index.ts";
import type { InstalledPlugin } from "../existing.ts";

/** The objects of a cluster that identify its plugin. */
export interface ClusterObjects {
  readonly daemonsets: readonly unknown[];
  readonly configMaps: readonly unknown[];
}

/** How to recognize a plugin. */
interface PluginSignature {
  readonly plugin: string;
  /** Matches the repository of one of its images. Default: the DaemonSet has the name of the plugin. */
  readonly image?: RegExp;
  readonly mode: (daemonset: unknown, objects: ClusterObjects) => string;
  /** Default: it claims to enforce NetworkPolicy. */
  readonly policy?: false;
}

const SIGNATURES: readonly PluginSignature[] = [
  { plugin: "calico", image: /(^|\/)calico\/node$|(^|\/)calico-node$/, mode: calicoMode },
  { plugin: "cilium", image: /cilium[/-]cilium$/, mode: ciliumMode },
  { plugin: "flannel", image: /flannel$/, mode: flannelMode, policy: false },
  { plugin: "weave", image: /(^|\/)weave-kube$/, mode: () => "unknown" },
  { plugin: "antrea", image: /(^|\/)antrea(-agent)?(-ubuntu|-ubi)?$/, mode: () => "unknown" },
  { plugin: "kube-router", image: /(^|\/)kube-router$/, mode: () => "unknown" },
  { plugin: "aws-vpc-cni", image: /(^|\/)amazon-k8s-cni$/, mode: () => "none (addresses of the VPC)" },
  { plugin: "kindnet", image: /(^|\/)kindnetd$/, mode: () => "none (routes)" },
  { plugin: "simplecni", mode: () => "none (static routes)", policy: false },
];

/**
 * Returns the first plugin that is recognized, or null. Only one plugin of a cluster creates the interfaces of pods.
 */
export function detectPlugin(objects: ClusterObjects): InstalledPlugin | null {
  for (const { plugin, image, mode, policy = true } of SIGNATURES) {
    for (const daemonset of objects.daemonsets) {
      const named = nameOf(daemonset) === plugin;
      const found = containerImages(daemonset).find(({ repository }) => image?.test(repository) ?? named);
      if (found !== undefined) return { name: plugin, version: found.tag, mode: mode(daemonset, objects), policy };
    }
  }
  return null;
}

function containerImages(daemonset: unknown): readonly { readonly repository: string; readonly tag: string }[] {
  return readContainers(daemonset).flatMap(({ image }) => {
    const match = /^(.+?)(?::([\w.-]+))?(?:@sha256:[0-9a-f]+)?$/.exec(image);
    return match?.[1] === undefined ? [] : [{ repository: match[1], tag: match[2] ?? "unknown" }];
  });
}

function calicoMode(daemonset: unknown): string {
  const env = (name: string): string => envValue(daemonset, name) ?? "";
  const dataplane = env("FELIX_BPFENABLED") === "true" ? ", eBPF" : "";
  if (/^(Always|CrossSubnet)$/.test(env("CALICO_IPV4POOL_VXLAN")))
    return `VXLAN ${env("CALICO_IPV4POOL_VXLAN")}${dataplane}`;
  if (/^(Always|CrossSubnet)$/.test(env("CALICO_IPV4POOL_IPIP")))
    return `IP in IP ${env("CALICO_IPV4POOL_IPIP")}${dataplane}`;
  return `unknown${dataplane}`; // an operator stores the mode in IPPool objects
}

function ciliumMode(_: unknown, { configMaps }: ClusterObjects): string {
  const settings = readConfigMap(findConfigMap(configMaps, "cilium-config"));
  const routing = settings["routing-mode"] ?? settings.tunnel ?? "unknown";
  const tunnel =
    routing === "tunnel"
      ? (settings["tunnel-protocol"] ?? "vxlan").toUpperCase()
      : routing === "native"
        ? "none (routes)"
        : routing;
  return settings["kube-proxy-replacement"] === "true" ? `${tunnel}, replaces kube-proxy` : tunnel;
}

function flannelMode(_: unknown, { configMaps }: ClusterObjects): string {
  const network = tryParse(readConfigMap(findConfigMap(configMaps, "kube-flannel-cfg"))["net-conf.json"] ?? "");
  return stringAt(network, "Backend", "Type") ?? "unknown";
}

function findConfigMap(configMaps: readonly unknown[], name: string): unknown {
  return configMaps.find((one) => nameOf(one) === name);
}

function envValue(daemonset: unknown, name: string): string | null {
  const container = readContainers(daemonset).find(({ env }) => env.has(name));
  return container?.env.get(name) ?? null;
}
