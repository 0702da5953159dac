/**
 * The parts of a NetworkPolicy (networking.k8s.io/v1) that the evaluator needs, and the pods that policies apply to.
 */

export const PROTOCOLS = ["TCP", "UDP"] as const;
/** Without SCTP: most kernels load it as a module, and no load tool of cnibench supports it. */
export type Protocol = (typeof PROTOCOLS)[number];

export type Labels = Readonly<Record<string, string>>;

export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelExpression[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

export interface PolicyPort {
  /** Default: TCP. */
  readonly protocol?: Protocol;
  /** A number, or the name of a port of the destination pod. Default: every port of the protocol. */
  readonly port?: number | string;
  /** The last port of a range. Requires Kubernetes 1.22. */
  readonly endPort?: number;
}

export interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  /** Excludes the other selectors. */
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface PolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes?: readonly Direction[];
  readonly ingress?: readonly {
    readonly from?: readonly PolicyPeer[];
    readonly ports?: readonly PolicyPort[];
  }[];
  readonly egress?: readonly { readonly to?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
}

export type Direction = "Ingress" | "Egress";

export interface Policy {
  readonly name: string;
  readonly namespace: string;
  readonly spec: PolicySpec;
}

export interface PolicyPod {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ip: string;
  readonly ports: readonly { readonly name: string; readonly protocol: Protocol; readonly number: number }[];
}

export interface Topology {
  /** Labels of the namespaces, by name. */
  readonly namespaces: Readonly<Record<string, Labels>>;
  readonly pods: readonly PolicyPod[];
}

/** A row of the truth table: a TCP connection or a UDP datagram from a pod to a port of another pod. */
export interface PolicyConnection {
  readonly from: PolicyPod;
  readonly to: PolicyPod;
  readonly protocol: Protocol;
  readonly port: number;
}
