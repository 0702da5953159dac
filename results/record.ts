/**
 * What is stored of a run: `run.json` and the lines of `results.jsonl` (stable; docs/data-format.md).
 *
 * A cell is one metric of one scenario, id = suite/scenario/plugin/cluster/path/metric. The raw folder of a repetition is
 * shared by its metrics: raw/suite/scenario/plugin/cluster/path/<block>-<rep>, with -sitting<n> from the second sitting on.
 */
import type { Better, CheckResult, Path, Warning } from "../core/model.ts";

export const SCHEMA_VERSION = 1;

export interface CellKey {
  readonly suite: string;
  readonly scenario: string;
  readonly plugin: string;
  readonly cluster: string;
  readonly path: Path;
  readonly metric: string;
}

export function cellId(key: CellKey): string {
  return [key.suite, key.scenario, key.plugin, key.cluster, key.path, key.metric].join("/");
}

interface RecordBase {
  readonly schemaVersion: number;
  /** Cell id; of a check: suite/scenario/plugin/cluster. */
  readonly cell: string;
  /** 1-based number of the block (one deployment of each plugin). */
  readonly block: number;
  /** 1-based number of the repetition inside the block. */
  readonly rep: number;
  /** 1-based: each `--resume` is a sitting of its own. Absent in the first. */
  readonly sitting?: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly startedAt: string;
  /** Path of the raw folder, relative to the run folder, or null where there is none. */
  readonly raw: string | null;
  readonly warnings?: readonly Warning[];
}

export interface Repetition extends RecordBase {
  readonly kind: "repetition";
  /** In the metric's SI unit. Either value, error or skip is present. */
  readonly value?: number;
  readonly error?: string;
  /** Why there is nothing to measure, which shows only on the deployment. */
  readonly skip?: string;
  /** Beside the first value of a repetition that measured many pairs of nodes at once. */
  readonly pairs?: PairTable;
}

/** What was measured between each pair of nodes. */
export interface PairTable {
  /** Names. */
  readonly nodes: readonly string[];
  /** The slowest first. `client` and `server` are places in `nodes`, from 0; bit/s, and seconds of an idle round trip. */
  readonly pairs: readonly {
    readonly client: number;
    readonly server: number;
    readonly throughput: number;
    readonly latency: number;
  }[];
  /** How many more there were, faster than these. */
  readonly omitted: number;
}

export interface Check extends RecordBase {
  readonly kind: "check";
  readonly value?: CheckResult;
  readonly error?: string;
}

export type ResultRecord = Repetition | Check;

/** One planned cell: everything a report needs to know of it without the program that measured it. */
export interface PlannedCell extends CellKey {
  readonly id: string;
  readonly runner: string;
  readonly unit: string;
  readonly better: Better;
  /** Repetitions per block. */
  readonly repetitions: number;
  /** Deployments that were planned. */
  readonly blocks: number;
  /** Seconds of load per repetition. */
  readonly duration: number;
  /** Present when it was not to be measured: why. */
  readonly skip?: string;
}

/** Facts that are compared before two numbers are (method.md 18); null = not collected. */
export interface PluginFacts {
  readonly name: string;
  readonly version: string | null;
  readonly configHash: string | null;
  /** What ran: file name and sha256 of each binary. */
  readonly binaries: readonly { readonly name: string; readonly sha256: string }[];
  readonly encapsulation: string | null;
  readonly specVersions: readonly string[] | null;
}

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
  /** Of a node's eth0: queueing discipline, and the offloads that are on; absent in older runs. */
  readonly link?: { readonly qdisc: string | null; readonly offloads: readonly string[] | null } | null;
  /** Tool name -> version as the tool prints it; null = not there. */
  readonly tools: Readonly<Record<string, string | null>>;
  readonly plugins: readonly PluginFacts[];
  readonly cluster: {
    readonly kind: string;
    readonly nodes: number;
    readonly underlayMtu: number | null;
    /** bit/s; null or absent: not limited. */
    readonly underlayRate?: number | null;
    /** Seconds, one way; null or absent: none added. */
    readonly underlayDelay?: number | null;
    /** Share of packets, 0 to 1; null or absent: none added. */
    readonly underlayLoss?: number | null;
    /** `user namespace`, `root namespaces`, `containers` ... */
    readonly isolation: string;
    /** Absent where pods are made without Kubernetes. */
    readonly kubernetes?: {
      readonly version: string;
      readonly kubeProxyMode: string | null;
      readonly loadImage: string;
    };
    /** All nodes share one machine: throughput is then bound by its CPUs. */
    readonly sameHost: boolean;
    readonly emulated: boolean;
  };
}

/** What nodes that are virtual machines are made of. Files of the user's; null: cnibench's own. */
export interface StoredMachine {
  /** Bytes, of each. */
  readonly memory: number;
  readonly cpus: number;
  /** Networks between the nodes: the first is the underlay, the others have no addresses. */
  readonly nics: number;
  /** What the networks are: sockets between the machines, or bridges with tap interfaces. */
  readonly underlay: "sockets" | "tap";
  /** Disk with a root file system, raw or qcow2. */
  readonly image: string | null;
  readonly kernel: string | null;
  /** null with a kernel of one's own: it has the drivers built in. */
  readonly initrd: string | null;
}

/** What a plan is made from: a run that is resumed makes its own again. Paths are absolute, `~` is the home folder. */
export interface Definition {
  /** Complete suites, in the form of docs/suites.md. */
  readonly suites: readonly object[];
  /** `--plugins`; null: not given. */
  readonly plugins: readonly string[] | null;
  /** `--cluster`. */
  readonly cluster: string;
  /** Files of `--conf`. */
  readonly conf: readonly string[];
  /** Folders of `--bin-dir`. */
  readonly binDirs: readonly string[];
  /** Nodes that are virtual machines: `--vm-...`; absent: they are none. */
  readonly machine?: StoredMachine;
  readonly underlay: {
    /** Bytes. */
    readonly mtu: number;
    /** bit/s; null: not limited. */
    readonly rate: number | null;
    /** Seconds; null: none added. */
    readonly delay: number | null;
    /** Share of packets, 0 to 1; absent: none added. */
    readonly loss?: number;
  };
  /** Where the images of a cluster with Kubernetes come from; absent on others. null: not given. */
  readonly kubernetes?: {
    readonly nodeImage: string | null;
    readonly loadImage: string;
    /** Archive of images. */
    readonly images: string | null;
    readonly registryMirror: string | null;
  };
  /** A cluster that exists; null: the current context, all nodes. `installs`: the plugin was put on it for the run. Absent on others. */
  readonly existing?: {
    readonly context: string | null;
    readonly nodeSelector: string | null;
    readonly installs?: true;
  };
  /** Patterns of `--only`; empty: all cells. */
  readonly only: readonly string[];
  /** Whether host names, user names and paths are kept out of what is stored. */
  readonly redacted: boolean;
}

export interface RunFile {
  readonly schemaVersion: number;
  readonly id: string;
  readonly startedAt: string;
  /** null while it runs and after a crash. */
  readonly finishedAt: string | null;
  /** The command line that started it, argv[0] = cnibench. */
  readonly command: readonly string[];
  readonly seed: number;
  /** Of cnibench and of the Node.js that ran it, `20.19.0`: they are part of the life-cycle times. */
  readonly versions: { readonly cnibench: string; readonly node: string };
  readonly environment: Environment | null;
  readonly definition: Definition;
  readonly plan: {
    readonly suites: readonly string[];
    readonly cluster: string;
    /** Why this cluster kind was chosen. */
    readonly clusterReason: string;
    readonly nodes: number;
    readonly blocks: number;
    /** Seconds of load per repetition. */
    readonly duration: number;
    readonly plugins: readonly string[];
    /** Order of the plugins, baseline included, in each block. */
    readonly order: readonly (readonly string[])[];
    readonly cells: readonly PlannedCell[];
    /** Scenarios of checks: suite/scenario/plugin/cluster. */
    readonly checks: readonly { readonly id: string; readonly plugin: string; readonly skip?: string }[];
  };
  /** `complete`, `interrupted` or `failed`; null while it runs. */
  readonly outcome: "complete" | "interrupted" | "failed" | null;
  /** Warnings of the whole run. */
  readonly warnings: readonly Warning[];
}
