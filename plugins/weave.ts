/**
 * Weave Net on Kubernetes, in its last release: the project is archived. It chooses its data path itself: the kernel's Open vSwitch
 * (fastdp) where there is one, else packets through user space (sleeve).
 */
import type { KubernetesContext, Plugin } from "./plugin.ts";
import {
  accountObjects,
  agentObject,
  fromField,
  hostFile,
  hostFolder,
  listOf,
  type Container,
  type Rule,
} from "./kubernetes/objects.ts";
import { imageName, IMAGES, VERSIONS } from "./kubernetes/versions.ts";

const NAMESPACE = "kube-system";
const NAME = "weave-net";

export const weave: Plugin = {
  name: "weave",
  summary: `Weave Net ${VERSIONS.weave}, the last release: VXLAN through Open vSwitch, or packets through user space`,
  encapsulation: "VXLAN (Open vSwitch) or UDP (user space)",
  kubernetes: {
    version: VERSIONS.weave,
    images: [imageName(IMAGES.weave, true), imageName(IMAGES.weaveNpc, true)],
    install: (context) => ({ manifests: listOf(objects(context)) }),
    nodePrograms: [],
    workloads: [{ kind: "daemonset", namespace: NAMESPACE, name: NAME }],
    nodeFiles: ["/etc/cni/net.d/10-weave.conflist", "/opt/cni/bin/weave-net"],
    specVersion: "0.3.0",
    policy: true,
  },
};

function objects(context: KubernetesContext): readonly object[] {
  const read = ["get", "list", "watch"];
  const rules = [
    { apiGroups: [""], resources: ["pods", "namespaces", "nodes"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: read },
    { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch", "update"] },
  ];
  return [...accountObjects({ name: NAME, namespace: NAMESPACE, rules }), ...peerListObjects(), agent(context)];
}

/** The peers that have been there are kept in a config map: the role to write it. */
function peerListObjects(): readonly object[] {
  const rbac = "rbac.authorization.k8s.io/v1";
  const rules: readonly Rule[] = [
    { apiGroups: [""], resources: ["configmaps"], resourceNames: [NAME], verbs: ["get", "update"] },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
  ];
  const metadata = { name: NAME, namespace: NAMESPACE };
  return [
    { apiVersion: rbac, kind: "Role", metadata, rules },
    {
      apiVersion: rbac,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: NAME },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace: NAMESPACE }],
    },
  ];
}

function agent({ clusterCidr, byDigest }: KubernetesContext): object {
  const image = imageName(IMAGES.weave, byDigest);
  const privileged = { privileged: true };
  const lock = { name: "xtables-lock", mountPath: "/run/xtables.lock" };
  const hostName = fromField("HOSTNAME", "spec.nodeName");
  const install: Container = {
    name: "weave-init",
    image,
    command: ["/home/weave/init.sh"],
    securityContext: privileged,
    // The program writes to these folders of the node below /host.
    volumeMounts: [
      { name: "cni-bin", mountPath: "/host/opt" },
      { name: "cni-bin2", mountPath: "/host/home" },
      { name: "cni-conf", mountPath: "/host/etc" },
      { name: "lib-modules", mountPath: "/lib/modules" },
      lock,
    ],
  };
  const router: Container = {
    name: "weave",
    image,
    command: ["/home/weave/launch.sh"],
    // CHECKPOINT_DISABLE: the program would ask a server of its maker for news.
    env: [
      hostName,
      { name: "INIT_CONTAINER", value: "true" },
      { name: "IPALLOC_RANGE", value: clusterCidr },
      { name: "CHECKPOINT_DISABLE", value: "1" },
    ],
    readinessProbe: { httpGet: { host: "127.0.0.1", path: "/status", port: 6784 } },
    securityContext: privileged,
    volumeMounts: [
      { name: "weavedb", mountPath: "/weavedb" },
      { name: "dbus", mountPath: "/host/var/lib/dbus", readOnly: true },
      { name: "machine-id", mountPath: "/host/etc/machine-id", readOnly: true },
      lock,
    ],
  };
  const policies: Container = {
    name: "weave-npc",
    image: imageName(IMAGES.weaveNpc, byDigest),
    env: [hostName],
    securityContext: privileged,
    volumeMounts: [lock],
  };
  const volumes = [
    hostFolder("weavedb", "/var/lib/weave"),
    hostFolder("cni-bin", "/opt"),
    hostFolder("cni-bin2", "/home"),
    hostFolder("cni-conf", "/etc"),
    hostFolder("dbus", "/var/lib/dbus"),
    hostFolder("lib-modules", "/lib/modules"),
    hostFile("machine-id", "/etc/machine-id"),
    hostFile("xtables-lock", "/run/xtables.lock"),
  ];
  return agentObject({
    name: NAME,
    namespace: NAMESPACE,
    account: NAME,
    initContainers: [install],
    containers: [router, policies],
    volumes,
  });
}
