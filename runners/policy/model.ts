/** What a NetworkPolicy is, as far as verdicts need it: the form of networking.k8s.io/v1, and the pods that it is about. */

export const PROTOCOLS = ["TCP", "UDP"] as const;
/** Without SCTP: most kernels load it as a module, and no load tool here speaks it. */
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
  /** Left out: TCP. */
  readonly protocol?: Protocol;
  /** A number, or the name of a port of the pod that is connected to; left out: every port of the protocol. */
  readonly port?: number | string;
  /** The last of a range of numbers. Served since Kubernetes 1.22. */
  readonly endPort?: number;
}

export interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  /** Stands alone. */
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

/** One cell of the truth table: may this pod open a connection, or send a datagram, to that port of that one? */
export interface Connection {
  readonly from: PolicyPod;
  readonly to: PolicyPod;
  readonly protocol: Protocol;
  readonly port: number;
}
