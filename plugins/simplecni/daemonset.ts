/** simplecni as Kubernetes objects: a DaemonSet that installs it on every node and maintains routes to peers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";
import {
  type Container,
  daemonSetObject,
  envFromField,
  hostDirectory,
  objectList,
  serviceAccountObjects,
  type Workload,
} from "../../kubernetes/index.ts";
import type { KubernetesContext } from "../plugin.ts";

const NAME = "simplecni";
const NAMESPACE = "kube-system";

export const WORKLOAD: Workload = { kind: "daemonset", namespace: NAMESPACE, name: NAME };

/**
 * @param config network configuration as JSON
 * @returns one JSON list of objects
 */
export function simplecniManifests({ loadImage }: KubernetesContext, config: string): string {
  const nodeReader = {
    name: NAME,
    namespace: NAMESPACE,
    rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["list"] }],
  };
  return objectList([...serviceAccountObjects(nodeReader), scriptsConfigMap(), daemonset(loadImage, config)]);
}

function scriptsConfigMap(): object {
  const text = (name: string): string => readFileSync(join(packageRoot(), "plugins/simplecni", name), "utf8");
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: NAME, namespace: NAMESPACE },
    data: { simplecni: text("simplecni"), "daemon.sh": text("daemon.sh") },
  };
}

function daemonset(image: string, config: string): object {
  const container: Container = {
    name: NAME,
    image,
    command: ["bash", "/simplecni/daemon.sh"],
    env: [envFromField("NODE_NAME", "spec.nodeName"), { name: "CONFIG", value: config }],
    securityContext: { capabilities: { add: ["NET_ADMIN"] } },
    readinessProbe: { exec: { command: ["test", "-e", "/tmp/ready"] }, periodSeconds: 1 },
    volumeMounts: [
      { name: "programs", mountPath: "/simplecni" },
      { name: "bin", mountPath: "/host/opt/cni/bin" },
      { name: "etc", mountPath: "/host/etc/cni" },
    ],
  };
  const volumes = [
    { name: "programs", configMap: { name: NAME } },
    hostDirectory("bin", "/opt/cni/bin"),
    hostDirectory("etc", "/etc/cni"),
  ];
  return daemonSetObject({
    name: NAME,
    namespace: NAMESPACE,
    account: NAME,
    initContainers: [],
    containers: [container],
    volumes,
  });
}
