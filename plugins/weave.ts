/**
 * Weave Net on Kubernetes, in its last release: the project is archived. It chooses its data path itself: the kernel's Open vSwitch
 * (fastdp) where there is one, else packets through user space (sleeve).
 */
import type { KubernetesContext, Plugin } from "./plugin.ts";
import {
  serviceAccountObjects,
  daemonSetObject,
  envFromField,
  hostFile,
  hostDirectory,
  objectList,
  type ContainerSpec,
  type RbacRule,
} from "./kubernetes/objects.ts";
import { imageReference, IMAGES, VERSIONS } from "./kubernetes/versions.ts";

const NAMESPACE = "kube-system";
const NAME = "weave-net";

export const weave: Plugin = {
  name: "weave",
  summary: `Weave Net ${VERSIONS.weave}, the last release: VXLAN through Open vSwitch, or packets through user space`,
  encapsulation: "VXLAN (Open vSwitch) or UDP (user space)",
  kubernetes: {
    version: VERSIONS.weave,
    images: [imageReference(IMAGES.weave, true), imageReference(IMAGES.weaveNpc, true)],
    install: (context) => ({ manifests: objectList(objects(context)) }),
    nodeBinaries: [],
    workloads: [{ kind: "daemonset", namespace: NAMESPACE, name: NAME }],
    nodeFiles: ["/etc/cni/net.d/10-weave.conflist", "/opt/cni/bin/weave-net"],
    specVersion: "0.3.0",
    enforcesPolicy: true,
  },
};

function objects(context: KubernetesContext): readonly object[] {
  const read = ["get", "list", "watch"];
  const rules = [
    { apiGroups: [""], resources: ["pods", "namespaces", "nodes"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: read },
    { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch", "update"] },
  ];
  return [
    ...serviceAccountObjects({ name: NAME, namespace: NAMESPACE, rules }),
    ...peerListObjects(),
    daemonSet(context),
  ];
}

/** The peers that have been there are kept in a config map: the role to write it. */
function peerListObjects(): readonly object[] {
  const rbac = "rbac.authorization.k8s.io/v1";
  const rules: readonly RbacRule[] = [
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

function daemonSet({ clusterCidr, byDigest }: KubernetesContext): object {
  const image = imageReference(IMAGES.weave, byDigest);
  const privileged = { privileged: true };
  const lock = { name: "xtables-lock", mountPath: "/run/xtables.lock" };
  const hostName = envFromField("HOSTNAME", "spec.nodeName");
  const install: ContainerSpec = {
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
  const router: ContainerSpec = {
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
  const policies: ContainerSpec = {
    name: "weave-npc",
    image: imageReference(IMAGES.weaveNpc, byDigest),
    env: [hostName],
    securityContext: privileged,
    volumeMounts: [lock],
  };
  const volumes = [
    hostDirectory("weavedb", "/var/lib/weave"),
    hostDirectory("cni-bin", "/opt"),
    hostDirectory("cni-bin2", "/home"),
    hostDirectory("cni-conf", "/etc"),
    hostDirectory("dbus", "/var/lib/dbus"),
    hostDirectory("lib-modules", "/lib/modules"),
    hostFile("machine-id", "/etc/machine-id"),
    hostFile("xtables-lock", "/run/xtables.lock"),
  ];
  return daemonSetObject({
    name: NAME,
    namespace: NAMESPACE,
    account: NAME,
    initContainers: [install],
    containers: [router, policies],
    volumes,
  });
}
