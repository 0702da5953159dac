/** Detects the plugin of a cluster from its DaemonSets and their settings. Pure. */
import { stringAt, tryParse } from "../../core/untrusted-json.ts";
import { nameOf, readConfigMap, readContainers } from "../../kubernetes/index.ts";
import type { InstalledPlugin } from "../existing.ts";

/** The objects of a cluster that identify its plugin. */
interface ClusterObjects {
  readonly daemonsets: readonly unknown[];
  readonly configMaps: readonly unknown[];
}

type Datapath = Pick<InstalledPlugin, "encapsulation" | "features">;

/** How to recognize a plugin. */
interface PluginSignature {
  readonly plugin: string;
  /** Matches the repository of one of its images. Default: the DaemonSet has the name of the plugin. */
  readonly image?: RegExp;
  /** Reads the settings of its data path. Default: they are not read. */
  readonly datapath?: (daemonset: unknown, objects: ClusterObjects) => Datapath;
  /** Default: it claims to enforce NetworkPolicy. */
  readonly policy?: false;
}

const SIGNATURES: readonly PluginSignature[] = [
  { plugin: "calico", image: /(^|\/)calico\/node$|(^|\/)calico-node$/, datapath: calicoDatapath },
  { plugin: "cilium", image: /cilium[/-]cilium$/, datapath: ciliumDatapath },
  { plugin: "flannel", image: /flannel$/, datapath: flannelDatapath, policy: false },
  { plugin: "weave", image: /(^|\/)weave-kube$/ },
  { plugin: "antrea", image: /(^|\/)antrea(-agent)?(-ubuntu|-ubi)?$/ },
  { plugin: "kube-router", image: /(^|\/)kube-router$/ },
  { plugin: "aws-vpc-cni", image: /(^|\/)amazon-k8s-cni$/, datapath: encapsulated("none (addresses of the VPC)") },
  { plugin: "kindnet", image: /(^|\/)kindnetd$/, datapath: encapsulated("none (routes)") },
  { plugin: "simplecni", datapath: encapsulated("none (static routes)"), policy: false },
];

/**
 * Returns the first plugin that is recognized, or null. Only one plugin of a cluster creates the interfaces of pods.
 */
export function detectPlugin(objects: ClusterObjects): InstalledPlugin | null {
  for (const { plugin, image, datapath = encapsulated(null), policy = true } of SIGNATURES) {
    for (const daemonset of objects.daemonsets) {
      const named = nameOf(daemonset) === plugin;
      const found = containerImages(daemonset).find(({ repository }) => image?.test(repository) ?? named);
      if (found !== undefined) return { name: plugin, version: found.tag, ...datapath(daemonset, objects), policy };
    }
  }
  return null;
}

function containerImages(daemonset: unknown): readonly { readonly repository: string; readonly tag: string | null }[] {
  return readContainers(daemonset).flatMap(({ image }) => {
    const match = /^(.+?)(?::([\w.-]+))?(?:@sha256:[0-9a-f]+)?$/.exec(image);
    return match?.[1] === undefined ? [] : [{ repository: match[1], tag: match[2] ?? null }];
  });
}

/** Returns the reader of a data path without settings. @param encapsulation null: unknown */
function encapsulated(encapsulation: string | null): () => Datapath {
  return () => ({ encapsulation, features: [] });
}

function calicoDatapath(daemonset: unknown): Datapath {
  const env = (name: string): string => envValue(daemonset, name) ?? "";
  const [vxlan, ipip] = [env("CALICO_IPV4POOL_VXLAN"), env("CALICO_IPV4POOL_IPIP")];
  const used = /^(Always|CrossSubnet)$/;
  return {
    // An operator stores the mode in IPPool objects.
    encapsulation: used.test(vxlan) ? `VXLAN ${vxlan}` : used.test(ipip) ? `IP in IP ${ipip}` : null,
    features: env("FELIX_BPFENABLED") === "true" ? ["eBPF"] : [],
  };
}

function ciliumDatapath(_: unknown, { configMaps }: ClusterObjects): Datapath {
  const settings = readConfigMap(findConfigMap(configMaps, "cilium-config"));
  return {
    encapsulation: ciliumEncapsulation(settings),
    features: settings["kube-proxy-replacement"] === "true" ? ["replaces kube-proxy"] : [],
  };
}

function ciliumEncapsulation(settings: Readonly<Record<string, string>>): string | null {
  const routing = settings["routing-mode"] ?? settings.tunnel ?? null;
  if (routing === "tunnel") return (settings["tunnel-protocol"] ?? "vxlan").toUpperCase();
  return routing === "native" ? "none (routes)" : routing;
}

function flannelDatapath(_: unknown, { configMaps }: ClusterObjects): Datapath {
  const network = tryParse(readConfigMap(findConfigMap(configMaps, "kube-flannel-cfg"))["net-conf.json"] ?? "");
  return { encapsulation: stringAt(network, "Backend", "Type"), features: [] };
}

function findConfigMap(configMaps: readonly unknown[], name: string): unknown {
  return configMaps.find((one) => nameOf(one) === name);
}

function envValue(daemonset: unknown, name: string): string | null {
  const container = readContainers(daemonset).find(({ env }) => env.has(name));
  return container?.env.get(name) ?? null;
}
