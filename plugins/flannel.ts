/** Recipes for flannel: a daemon that connects the pod ranges of the nodes, and a CNI plugin that calls bridge. */
import { flannelOnEtcd } from "./flannel/etcd.ts";
import type { BarePlugin, KubernetesContext, KubernetesRecipe } from "./plugin.ts";
import {
  type Container,
  daemonSetObject,
  envFromField,
  hostDirectory,
  hostFile,
  objectList,
  serviceAccountObjects,
} from "../kubernetes/index.ts";
import { imageAtVersion, imageReference, IMAGES, VERSIONS } from "./kubernetes/versions.ts";

type Backend = "vxlan" | "host-gw";

const NAMESPACE = "kube-flannel";
const DAEMON_SET = "kube-flannel-ds";
const CONFIG = "kube-flannel-cfg";

export const flannel: BarePlugin = {
  name: "flannel",
  summary: "flannel with backend vxlan: a bridge on each node, VXLAN between nodes",
  encapsulation: "VXLAN",
  bare: flannelOnEtcd("vxlan"),
  kubernetes: recipe("vxlan", VERSIONS.flannel),
};

export const flannelHostGw: BarePlugin = {
  name: "flannel-host-gw",
  summary: "flannel with backend host-gw: a bridge on each node, a route to every other node",
  encapsulation: "none (routes)",
  bare: flannelOnEtcd("host-gw"),
  kubernetes: recipe("host-gw", VERSIONS.flannel),
};

function recipe(backend: Backend, version: string): KubernetesRecipe {
  const images = (byDigest: boolean): Images => ({
    daemon: imageReference(imageAtVersion(IMAGES.flannel, version), byDigest),
    plugin: imageReference(IMAGES.flannelCni, byDigest),
  });
  return {
    version,
    images: Object.values(images(true)),
    install: (context) => ({ manifests: objectList(objects(backend, context, images(context.byDigest))) }),
    nodeBinaries: ["bridge"], // called by flannel; kind nodes already have host-local and portmap
    workloads: [{ kind: "daemonset", namespace: NAMESPACE, name: DAEMON_SET }],
    nodeFiles: ["/run/flannel/subnet.env", "/opt/cni/bin/flannel", "/etc/cni/net.d/10-flannel.conflist"],
    cleanupCommands: ["cni0", ...(backend === "vxlan" ? ["flannel.1"] : [])].map((link) => ({
      argv: ["ip", "link", "delete", link],
    })),
    leftovers: backend === "vxlan" ? "packet filter rules" : "routes, packet filter rules",
    specVersion: "0.3.1",
    enforcesPolicy: false,
    forVersion: (other) => recipe(backend, other),
  };
}

interface Images {
  readonly daemon: string;
  readonly plugin: string;
}

function objects(backend: Backend, context: KubernetesContext, images: Images): readonly object[] {
  const namespace = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
  };
  const rules = [
    { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
    { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
  ];
  return [
    namespace,
    ...serviceAccountObjects({ name: "flannel", namespace: NAMESPACE, rules }),
    configObject(backend, context),
    daemonSet(images),
  ];
}

/** The ConfigMap with the settings of flanneld and the CNI configuration that is copied to the node. */
function configObject(backend: Backend, { clusterCidr }: KubernetesContext): object {
  const list = {
    name: "cbr0",
    cniVersion: "0.3.1",
    plugins: [
      { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
  const network = { Network: clusterCidr, EnableNFTables: false, Backend: { Type: backend } };
  const data = { "cni-conf.json": JSON.stringify(list), "net-conf.json": JSON.stringify(network) };
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: CONFIG, namespace: NAMESPACE }, data };
}

function daemonSet(images: Images): object {
  const config = { name: "config", mountPath: "/etc/kube-flannel" };
  const installers: readonly Container[] = [
    {
      name: "install-cni-plugin",
      image: images.plugin,
      command: ["cp", "-f", "/flannel", "/opt/cni/bin/flannel"],
      volumeMounts: [{ name: "cni-bin", mountPath: "/opt/cni/bin" }],
    },
    {
      name: "install-cni",
      image: images.daemon,
      command: ["cp", "-f", "/etc/kube-flannel/cni-conf.json", "/etc/cni/net.d/10-flannel.conflist"],
      volumeMounts: [{ name: "cni", mountPath: "/etc/cni/net.d" }, config],
    },
  ];
  const daemon: Container = {
    name: "kube-flannel",
    image: images.daemon,
    command: ["/opt/bin/flanneld"],
    args: ["--ip-masq", "--kube-subnet-mgr"],
    env: [envFromField("POD_NAME", "metadata.name"), envFromField("POD_NAMESPACE", "metadata.namespace")],
    securityContext: { privileged: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
    volumeMounts: [
      { name: "run", mountPath: "/run/flannel" },
      config,
      { name: "xtables-lock", mountPath: "/run/xtables.lock" },
    ],
  };
  const volumes = [
    hostDirectory("run", "/run/flannel"),
    hostDirectory("cni-bin", "/opt/cni/bin"),
    hostDirectory("cni", "/etc/cni/net.d"),
    hostFile("xtables-lock", "/run/xtables.lock"),
    { name: "config", configMap: { name: CONFIG } },
  ];
  return daemonSetObject({
    name: DAEMON_SET,
    namespace: NAMESPACE,
    account: "flannel",
    initContainers: installers,
    containers: [daemon],
    volumes,
  });
}
