/** Builds every pod that cnibench creates: endpoints, background pods, pods of runners and pods for node access. */
import type { ContainerPort, Pod, PodSpec } from "../api-types.ts";

/** The default load image, which is built from images/load with pinned packages. `--load-image` selects another one. */
export const DEFAULT_LOAD_IMAGE = "cnibench/load:1";
/** Mount point of the node's root directory in pods with access `node root`. */
export const NODE_ROOT = "/host";
/** Time after which Kubernetes ends a pod even if cnibench no longer exists: longer than any deployment. */
const POD_LIFETIME_S = 6 * 3600;
/** Name of the only container. */
const CONTAINER_NAME = "load";
const NODE_ROOT_VOLUME = "root";
/** The usual unprivileged user. Any UID except 0 would do. */
const NOBODY_UID = 65534;

/** What the container of a pod may do. */
export type PodAccess =
  /** Satisfies the restricted Pod Security level, in its own network. */
  | "restricted"
  /** Runs as root in the network of its node: the node's sysctls decide which other users may ping. */
  | "host network"
  /** Privileged, in the network of its node, with the root directory of the node. */
  | "node root";

interface PodOptions {
  /** Default: the scheduler chooses the node. */
  readonly nodeName?: string;
  readonly image: string;
  /** Default: the container waits for commands. */
  readonly command?: readonly string[];
  readonly ports?: readonly ContainerPort[];
  /** Default: `restricted`. */
  readonly access?: PodAccess;
}

interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Returns a pod with one container, which Kubernetes ends after a few hours. */
export function podObject({ namespace, name, labels = {}, ...options }: PodIdentity & PodOptions): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { ...podSpec(options), activeDeadlineSeconds: POD_LIFETIME_S },
  };
}

/** Returns the pod spec alone, for the template of a workload, whose pods may not have a deadline. */
export function podSpec({ nodeName, image, command, ports = [], access = "restricted" }: PodOptions): PodSpec {
  const { pod, container } = SECURITY[access];
  return {
    ...(nodeName === undefined ? {} : { nodeName }),
    ...pod,
    hostNetwork: access !== "restricted",
    // Also schedule the pod on nodes without a network and on control-plane nodes.
    tolerations: [{ operator: "Exists" }],
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    containers: [
      {
        name: CONTAINER_NAME,
        image,
        imagePullPolicy: "IfNotPresent",
        command: command ?? ["sleep", "infinity"],
        ports,
        ...container,
      },
    ],
  };
}

const SECURITY: Readonly<
  Record<PodAccess, { readonly pod: Partial<PodSpec>; readonly container: Partial<PodSpec["containers"][number]> }>
> = {
  // Kubernetes, "Pod Security Standards". The sysctl, which kubelets consider safe, allows the user to ping.
  restricted: {
    pod: {
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NOBODY_UID,
        seccompProfile: { type: "RuntimeDefault" },
        sysctls: [{ name: "net.ipv4.ping_group_range", value: "0 2147483647" }],
      },
    },
    container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } },
  },
  "host network": { pod: {}, container: {} },
  "node root": {
    pod: { volumes: [{ name: NODE_ROOT_VOLUME, hostPath: { path: "/" } }] },
    container: {
      securityContext: { privileged: true },
      volumeMounts: [{ name: NODE_ROOT_VOLUME, mountPath: NODE_ROOT }],
    },
  },
};
