/**
 * Recipe for the last release of Weave Net on Kubernetes; the project is archived. Weave selects its data path
 * itself: the kernel's Open vSwitch (fastdp) if available, otherwise forwarding in user space (sleeve).
 */
import type { KubernetesContext, Plugin } from "./plugin.ts";
import {
  type Container,
  daemonSetObject,
  envFromField,
  hostDirectory,
  hostFile,
  objectList,
  type PolicyRule,
  serviceAccountObjects,
} from "../kubernetes/index.ts";
import { imageReference, IMAGES, VERSIONS } from "./kubernetes/versions.ts";

const NAMESPACE = "kube-system";
const NAME = "weave-net";

export const weave: Plugin = {
  name: "weave",
  summary: `Weave Net ${VERSIONS.weave} (last release): VXLAN with Open vSwitch, or forwarding in user space`,
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

/** The role for the ConfigMap in which weave stores the list of its peers. */
function peerListObjects(): readonly object[] {
  const rbac = "rbac.authorization.k8s.io/v1";
  const rules: readonly PolicyRule[] = [
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

const PRIVILEGED = { privileged: true } as const;
const LOCK_MOUNT = { name: "xtables-lock", mountPath: "/run/xtables.lock" } as const;

function daemonSet({ clusterCidr, byDigest }: KubernetesContext): object {
  return daemonSetObject({
    name: NAME,
    namespace: NAMESPACE,
    account: NAME,
    initContainers: [installer(byDigest)],
    containers: [router(clusterCidr, byDigest), policyController(byDigest)],
    volumes: [
      hostDirectory("weavedb", "/var/lib/weave"),
      hostDirectory("cni-bin", "/opt"),
      hostDirectory("cni-bin2", "/home"),
      hostDirectory("cni-conf", "/etc"),
      hostDirectory("dbus", "/var/lib/dbus"),
      hostDirectory("lib-modules", "/lib/modules"),
      hostFile("machine-id", "/etc/machine-id"),
      hostFile("xtables-lock", "/run/xtables.lock"),
    ],
  });
}

/** Installs the CNI plugin and its configuration. */
function installer(byDigest: boolean): Container {
  return {
    name: "weave-init",
    image: imageReference(IMAGES.weave, byDigest),
    command: ["/home/weave/init.sh"],
    securityContext: PRIVILEGED,
    // The script writes to these directories of the node below /host.
    volumeMounts: [
      { name: "cni-bin", mountPath: "/host/opt" },
      { name: "cni-bin2", mountPath: "/host/home" },
      { name: "cni-conf", mountPath: "/host/etc" },
      { name: "lib-modules", mountPath: "/lib/modules" },
      LOCK_MOUNT,
    ],
  };
}

/** Connects the nodes and assigns addresses to pods. */
function router(clusterCidr: string, byDigest: boolean): Container {
  return {
    name: "weave",
    image: imageReference(IMAGES.weave, byDigest),
    command: ["/home/weave/launch.sh"],
    // CHECKPOINT_DISABLE prevents the check for new versions on a server of the vendor.
    env: [
      envFromField("HOSTNAME", "spec.nodeName"),
      { name: "INIT_CONTAINER", value: "true" },
      { name: "IPALLOC_RANGE", value: clusterCidr },
      { name: "CHECKPOINT_DISABLE", value: "1" },
    ],
    readinessProbe: { httpGet: { host: "127.0.0.1", path: "/status", port: 6784 } },
    securityContext: PRIVILEGED,
    volumeMounts: [
      { name: "weavedb", mountPath: "/weavedb" },
      { name: "dbus", mountPath: "/host/var/lib/dbus", readOnly: true },
      { name: "machine-id", mountPath: "/host/etc/machine-id", readOnly: true },
      LOCK_MOUNT,
    ],
  };
}

/** Enforces network policies. */
function policyController(byDigest: boolean): Container {
  return {
    name: "weave-npc",
    image: imageReference(IMAGES.weaveNpc, byDigest),
    env: [envFromField("HOSTNAME", "spec.nodeName")],
    securityContext: PRIVILEGED,
    volumeMounts: [LOCK_MOUNT],
  };
}
