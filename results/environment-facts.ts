/** Defines the stored facts about the environment of a run (`environment` in `run.json`; docs/data-format.md). */

import type { AwakeFacts } from "../core/keep-awake.ts";
import type { CpuAccounting } from "../core/model.ts";

/**
 * Facts about a plugin that must match before two numbers are compared (docs/method.md, "Environment"); null: not
 * collected.
 */
export interface PluginFacts {
  readonly name: string;
  readonly version: string | null;
  readonly configHash: string | null;
  /** Name and SHA-256 of each binary. */
  readonly binaries: readonly { readonly name: string; readonly sha256: string }[];
  readonly encapsulation: string | null;
  readonly specVersions: readonly string[] | null;
}

/** Whether the plugins of a block are measured in turn, or why they are measured one after the other. */
export type Interleaving =
  { readonly applied: true; readonly reason: null } | { readonly applied: false; readonly reason: string };

/** Facts about the machine, the plugins and the cluster; null: not collected. */
export interface Environment {
  readonly kernel: string | null;
  readonly os: string | null;
  readonly arch: string;
  readonly cpuModel: string | null;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly governor: string | null;
  readonly virtualization: string | null;
  readonly congestionControl: string | null;
  /** Queueing discipline and enabled offloads of eth0 on a node; absent in older runs. */
  readonly link?: { readonly qdisc: string | null; readonly offloads: readonly string[] | null } | null;
  /** Tool name -> version as printed by the tool; null: not installed. */
  readonly tools: Readonly<Record<string, string | null>>;
  readonly plugins: readonly PluginFacts[];
  readonly cluster: {
    readonly kind: string;
    readonly nodes: number;
    readonly underlayMtu: number | null;
    /** bit/s; null or absent: unlimited. */
    readonly underlayRate?: number | null;
    /** Added one-way delay in seconds; null or absent: none. */
    readonly underlayDelay?: number | null;
    /** Added packet loss, 0 to 1; null or absent: none. */
    readonly underlayLoss?: number | null;
    /** `user namespace`, `root namespaces`, `containers`, ... */
    readonly isolation: string;
    /** Absent on clusters without Kubernetes. */
    readonly kubernetes?: {
      readonly version: string;
      readonly kubeProxyMode: string | null;
      readonly loadImage: string;
    };
    /** All nodes share one machine: throughput is then bound by its CPUs. */
    readonly sameHost: boolean;
    /** Seconds trimmed from `iperf3` loads, at least; absent in older runs, whose warm-up iperf3 omitted. */
    readonly minWarmUp?: number;
    /** Absent in older runs, which measured the plugins of a block one after the other. */
    readonly interleaving?: Interleaving;
    readonly emulated: boolean;
    /** How CPU time is measured; absent in older runs, which have `machine`. */
    readonly cpuAccounting?: CpuAccounting;
    /** How CPUs are kept awake during latency loads, or why they are not; absent in older runs: they are not. */
    readonly keepAwake?: AwakeFacts;
  };
}
