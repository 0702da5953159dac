/**
 * Defines the stored form of a run: `run.json` and the lines of `results.jsonl` (stable; docs/data-format.md).
 *
 * A cell is one metric of one scenario; its ID is suite/scenario/plugin/cluster/path/metric. The metrics of a
 * repetition share a raw directory: raw/suite/scenario/plugin/cluster/path/<block>-<rep>, with -sitting<n> for later
 * sessions.
 */
import type { Better } from "../core/metric.ts";
import type { Path } from "../core/model.ts";
import type { Warning } from "../core/warning-codes.ts";
import type { ClauseResult } from "./clause-result.ts";
import type { Environment } from "./environment-facts.ts";
import type { RepetitionDetails } from "./repetition-details.ts";
import type { StoppingDecision, StoppingRule } from "./stopping-rule.ts";
import type { NoiseCard } from "./noise/noise-card.ts";

export const SCHEMA_VERSION = 1;

/** Largest number of blocks, of repetitions per block, and of sessions. The schemas of stored data state it as well. */
export const MAX_COUNT = 1000;

/** The parts of a cell ID. */
export interface CellKey {
  readonly suite: string;
  readonly scenario: string;
  readonly plugin: string;
  readonly cluster: string;
  readonly path: Path;
  readonly metric: string;
}

/** Returns the ID of a cell. */
export function cellId(key: CellKey): string {
  return [key.suite, key.scenario, key.plugin, key.cluster, key.path, key.metric].join("/");
}

interface RecordBase {
  readonly schemaVersion: number;
  /** Cell ID; for checks suite/scenario/plugin/cluster. */
  readonly cell: string;
  /** 1-based number of the block (one deployment of each plugin). */
  readonly block: number;
  /** 1-based number of the repetition inside the block. */
  readonly rep: number;
  /** 1-based number of the session; each `--resume` starts a new one. Absent in the first session. */
  readonly sitting?: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly startedAt: string;
  /** Path of the raw directory relative to the run directory, or null if there is none. */
  readonly raw: string | null;
  readonly warnings?: readonly Warning[];
}

/** The result of one cell in one repetition. Only the first value of a repetition has details. */
export interface Repetition extends RecordBase, RepetitionDetails {
  readonly kind: "repetition";
  /** Value in the SI unit of the metric. Exactly one of value, error and skip is present. */
  readonly value?: number;
  readonly error?: string;
  /** Why there is nothing to measure, if that is only detected on the deployment. */
  readonly skip?: string;
  /** Present with the first value of a repetition that measured many pairs of nodes concurrently. */
  readonly pairs?: PairTable;
}

/** The part of a repetition that statistics depend on. */
export type RepetitionOutcome = Pick<Repetition, "block" | "rep" | "sitting" | "value" | "error" | "skip" | "warnings">;

/** Results for each pair of nodes. */
export interface PairTable {
  /** Names of the nodes. */
  readonly nodes: readonly string[];
  /** Slowest first. client, server: indexes of `nodes`; throughput: bit/s; latency: seconds of an idle round trip. */
  readonly pairs: readonly {
    readonly client: number;
    readonly server: number;
    readonly throughput: number;
    readonly latency: number;
  }[];
  /** Number of faster pairs that are not listed. */
  readonly omitted: number;
}

/** The result of one conformance clause in one check. */
export interface Check extends RecordBase {
  readonly kind: "check";
  readonly value?: ClauseResult;
  readonly error?: string;
}

export type ResultRecord = Repetition | Check;

/** A planned cell, with everything that a report needs to know about it. */
export interface PlannedCell extends CellKey {
  readonly id: string;
  readonly runner: string;
  readonly unit: string;
  readonly better: Better;
  /** Repetitions per block. */
  readonly repetitions: number;
  /** Number of planned deployments; with a stopping rule, the largest one. */
  readonly blocks: number;
  /** Seconds of load per repetition. */
  readonly duration: number;
  /** Why the cell is not measured, if it is not. */
  readonly skip?: string;
}

/** The largest difference that counts as equal: `ratio` for positive values, `difference` where values can be 0. */
export type Band =
  { readonly ratio: number; readonly difference?: never } | { readonly difference: number; readonly ratio?: never };

/** The bands of questions for which the suite sets none. */
export interface DefaultBands {
  readonly ratio: number;
  /** Differences by metric, in its unit. Other metrics have no band where values can be 0. */
  readonly differences: Readonly<Record<string, number>>;
}

/** Configuration of virtual machine nodes. Files are those of the user; null: built by cnibench. */
export interface StoredMachine {
  /** Bytes per node. */
  readonly memory: number;
  readonly cpus: number;
  /** Networks between the nodes: the first is the underlay, the others have no addresses. */
  readonly nics: number;
  /** Type of the networks: sockets between the machines, or bridges with tap interfaces. */
  readonly underlay: "sockets" | "tap";
  /** Disk image with a root file system, raw or qcow2. */
  readonly image: string | null;
  readonly kernel: string | null;
  /** null for a kernel of the user, which must have the drivers built in. */
  readonly initrd: string | null;
}

/** The inputs of a plan. A resumed run derives its plan from them. Paths are absolute; `~` is the home directory. */
export interface Definition {
  /** Complete suites in the format of docs/suites.md. */
  readonly suites: readonly object[];
  /** `--plugins`; null: not given. */
  readonly plugins: readonly string[] | null;
  /** `--cluster`. */
  readonly cluster: string;
  /** Files of `--conf`. */
  readonly conf: readonly string[];
  /** Directories of `--bin-dir`. */
  readonly binDirs: readonly string[];
  /** `--cni-args`; absent: not given. */
  readonly cniArgs?: string;
  /** Virtual machine nodes: `--vm-...`; absent for other nodes. */
  readonly machine?: StoredMachine;
  readonly underlay: {
    /** Bytes. */
    readonly mtu: number;
    /** bit/s; null: unlimited. */
    readonly rate: number | null;
    /** Added delay in seconds; null: none. */
    readonly delay: number | null;
    /** Added packet loss, 0 to 1; absent: none. */
    readonly loss?: number;
  };
  /** Images of a Kubernetes cluster; absent on other clusters. null: not given. */
  readonly kubernetes?: {
    readonly nodeImage: string | null;
    readonly loadImage: string;
    /** Archive of images. */
    readonly images: string | null;
    readonly registryMirror: string | null;
  };
  /**
   * An existing cluster; absent on other clusters. `context` null: current context. `nodeSelector` null: all nodes.
   * `imagePullSecrets`: names of secrets; absent without any. `installs`: cnibench installed the plugin for the run.
   */
  readonly existing?: {
    readonly context: string | null;
    readonly nodeSelector: string | null;
    readonly imagePullSecrets?: readonly string[];
    readonly installs?: true;
  };
  /** Options of other cluster kinds, by name. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Patterns of `--only`; empty: all cells. */
  readonly only: readonly string[];
  /** `--exploratory`: the suites are without their headlines; absent: not given. */
  readonly exploratory?: true;
  /** `--no-keep-awake`; absent: not given. */
  readonly keepAwake?: false;
  /** Whether host names, user names and paths are removed from stored files. */
  readonly redacted: boolean;
}

/** The stored options of a cluster kind. */
export type StoredOptions = Pick<Definition, "kubernetes" | "existing" | "machine" | "options">;

/** The content of run.json. */
export interface RunFile {
  readonly schemaVersion: number;
  readonly id: string;
  readonly startedAt: string;
  /** null during the run and after a crash. */
  readonly finishedAt: string | null;
  /** The command line of the run; argv[0] is cnibench. */
  readonly command: readonly string[];
  readonly seed: number;
  /** Versions of cnibench and Node.js (`20.19.0`), which influence life-cycle times. */
  readonly versions: { readonly cnibench: string; readonly node: string };
  readonly environment: Environment | null;
  /** The noise card of the machine when the run started; absent if it had none that applies. */
  readonly noiseCard?: NoiseCard;
  readonly definition: Definition;
  readonly plan: {
    readonly suites: readonly string[];
    readonly cluster: string;
    /** Why this cluster kind was selected. */
    readonly clusterReason: string;
    readonly nodes: number;
    readonly blocks: number;
    /** Seconds of load per repetition. */
    readonly duration: number;
    readonly plugins: readonly string[];
    /** Order of the plugins, including the baseline, in each block. */
    readonly order: readonly (readonly string[])[];
    readonly cells: readonly PlannedCell[];
    /**
     * IDs (suite/scenario/path/metric) of the headline questions of all suites, also of those that --only omits.
     * Absent if all questions are exploratory.
     */
    readonly headlines?: readonly string[];
    /** Equivalence bands that suites set, by suite and metric: a ratio above 1, or a difference in the unit. */
    readonly bands?: Readonly<Record<string, Readonly<Record<string, Band>>>>;
    /** Absent in older runs, which have those of the program that renders them. */
    readonly defaultBands?: DefaultBands;
    /** Rules of the suites with an adaptive number of blocks, by suite; absent if there are none. */
    readonly stoppingRules?: Readonly<Record<string, StoppingRule>>;
    /** Planned checks; the ID is suite/scenario/plugin/cluster. */
    readonly checks: readonly { readonly id: string; readonly plugin: string; readonly skip?: string }[];
  };
  /** The decisions of the stopping rules, in order; absent before the first one. */
  readonly stopping?: readonly StoppingDecision[];
  /** null during the run. */
  readonly outcome: "complete" | "interrupted" | "failed" | null;
  /** Warnings of the run. */
  readonly warnings: readonly Warning[];
}
