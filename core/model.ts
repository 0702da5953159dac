/** Defines the types shared by all layers. All values are in SI units: s, B, bit/s, 1/s, ratios. */
import type { Shell } from "./shell.ts";

/** Interface of every node on the underlay. */
export const UNDERLAY_INTERFACE = "eth0";
/** Name of the interface of a pod that cnibench creates. */
export const POD_INTERFACE = "eth0";

/** A member of a cluster, on which commands and pods run. */
export interface Node {
  /** `node1`, `node2`, ...; also the host name. */
  readonly name: string;
  readonly index: number;
  /** Address on the underlay. */
  readonly ip: string;
  /** IPv6 address on the underlay; null on a system without IPv6. */
  readonly ip6: string | null;
  readonly shell: Shell;
}

/** A node whose pods get their addresses from ranges that cnibench has chosen. */
export interface BareNode extends Node {
  /** IPv4 range of the node's pods, `10.244.1.0/24`; a scenario may request a larger one. */
  readonly podCidr: string;
  /** IPv6 range of the node's pods, a /64. */
  readonly podCidr6: string;
}

/** A file to write to a node: either the given text or a copy of a file on this host. */
export interface NodeFile {
  readonly path: string;
  /** Permission bits: 0o755 for an executable. */
  readonly mode: number;
  readonly source: { readonly text: string } | { readonly file: string };
}

/** An empty network namespace on a node, ready for a CNI ADD, like the one a container runtime creates for a pod. */
export interface Sandbox {
  readonly name: string;
  /** Value of CNI_CONTAINERID. */
  readonly id: string;
  readonly node: Node;
  /** Value of CNI_NETNS. */
  readonly netns: string;
  /** Keys and values of CNI_ARGS. Default: none. */
  readonly args?: readonly (readonly [key: string, value: string])[];
  readonly shell: Shell;
  remove(): Promise<void>;
}

/** One end of a measurement: a pod, or the node itself on path `host`. */
export interface Endpoint {
  readonly name: string;
  readonly node: Node;
  /** First address, without prefix length. */
  readonly ip: string;
  readonly ifName: string;
  /** MTU of the interface, bytes. */
  readonly mtu: number;
  /** `ip` is the address of a service that forwards to this endpoint; it does not answer pings. */
  readonly isServiceIp?: true;
  /** DNS name that pods of the same namespace can resolve to `ip`. */
  readonly hostname?: string;
  readonly shell: Shell;
}

/**
 * How the CPU time of a load is measured: that of the cluster's processes and of all packets, or what the load adds to
 * the usage of the idle machine.
 */
export type CpuAccounting = "processes" | "machine";

/** IP families of pods and of the loads between them. With `dual`, pods have an address of each. */
// Loads between dual-stack pods use IPv4, as RFC 6724 (2.1) ranks private addresses.
export const FAMILIES = ["ipv4", "ipv6", "dual"] as const;
export type Family = (typeof FAMILIES)[number];

/** Paths on every cluster kind: node to node (the baseline) and pod to pod. */
export const PLAIN_PATHS = ["host", "same-node", "cross-node"] as const;
/**
 * Paths through a Kubernetes service. Except for `hairpin`, they lead to a pod on the second node.
 *
 * - `service`: cluster IP
 * - `hairpin`: cluster IP, from the pod that serves it
 * - `nodeport`: port of the second node
 * - `nodeport-local`: port of the client's node
 * - `external-local`: port of the second node with `externalTrafficPolicy: Local`
 * - `headless`: pod IP, resolved through a service without a cluster IP
 * - `loadbalancer`: IP of a load balancer
 */
export const SERVICE_PATHS = [
  "service",
  "hairpin",
  "nodeport",
  "nodeport-local",
  "external-local",
  "headless",
  "loadbalancer",
] as const;
/** Paths of TCP loads. */
export const TCP_PATHS = [...PLAIN_PATHS, ...SERVICE_PATHS] as const;
/** Paths of loads with any protocol. Many load balancers support TCP or UDP but not both, so that path is TCP only. */
export const LOAD_PATHS = TCP_PATHS.filter((path) => path !== "loadbalancer");
/** All paths. `api-server` leads from a pod to the API server, which is not an endpoint of cnibench. */
export const PATHS = [...TCP_PATHS, "api-server"] as const;
export type Path = (typeof PATHS)[number];
export type ServicePath = (typeof SERVICE_PATHS)[number];

/** Reports whether a path leads through a Kubernetes service. */
export function isServicePath(path: Path): path is ServicePath {
  return (SERVICE_PATHS as readonly Path[]).includes(path);
}

/** Number of Kubernetes objects of each type that exist in the background of a measurement. */
export interface BackgroundObjects {
  readonly services: number;
  readonly policies: number;
  readonly pods: number;
}
