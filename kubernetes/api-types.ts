/** The types of the API objects that cnibench creates, read-only versions of those of `kubernetes-types`. */
import type * as apps from "kubernetes-types/apps/v1.js";
import type * as core from "kubernetes-types/core/v1.js";
import type * as networking from "kubernetes-types/networking/v1.js";
import type * as rbac from "kubernetes-types/rbac/v1.js";

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** The part of an API object that identifies it. */
export interface NamespacedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

export type Pod = NamespacedObject & Immutable<core.Pod>;
export type PodSpec = Immutable<core.PodSpec>;
export type Container = Immutable<core.Container>;
export type ContainerPort = Immutable<core.ContainerPort>;
export type EnvVar = Immutable<core.EnvVar>;
export type Volume = Immutable<core.Volume>;
export type Namespace = Immutable<core.Namespace> & {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
};
export type Service = NamespacedObject & Immutable<core.Service>;
export type ServiceSpec = Immutable<core.ServiceSpec>;
export type NetworkPolicy = NamespacedObject & Immutable<networking.NetworkPolicy>;
export type NetworkPolicySpec = Immutable<networking.NetworkPolicySpec>;
export type DaemonSet = NamespacedObject & Immutable<apps.DaemonSet>;
export type DeploymentObject = NamespacedObject & Immutable<apps.Deployment>;
export type PolicyRule = Immutable<rbac.PolicyRule>;

/** A DaemonSet or Deployment of a plugin. */
export interface Workload {
  readonly kind: "daemonset" | "deployment";
  readonly namespace: string;
  readonly name: string;
}

/** How kube-proxy implements services; `none`: the plugin replaces it. */
export type KubeProxyMode = "iptables" | "ipvs" | "nftables" | "none";
