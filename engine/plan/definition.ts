/** Defines the choices of a run, and their stored form, from which a resumed run is planned by the same rules. */
import type { ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import type { CniArgs } from "../../cni/index.ts";
import { printable, UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { Plugin } from "../../plugins/index.ts";
import { type Definition, replaceHome, type RunFile } from "../../results/index.ts";
import type { Runner } from "../../runners/index.ts";
import type { Suite } from "../../suites/index.ts";
import type { TemporaryInstall } from "../preflight/installable.ts";
import type { Plan } from "./make-plan.ts";

/** What a run measures, and on what: the choices of the user, which do not contradict each other. */
export interface RunChoices {
  readonly suites: readonly Suite[];
  /** The runners that the suites name. */
  readonly runners: Readonly<Record<string, Runner>>;
  readonly plugins: readonly Plugin[];
  /** `NAME` or `NAME@SOURCE` in `--plugins`, with absolute paths; null: not given. */
  readonly pluginSpecs: readonly string[] | null;
  /** Network configurations of `--conf`, absolute paths. */
  readonly conf: readonly string[];
  /** Directories of `--bin-dir`, absolute paths. */
  readonly binDirs: readonly string[];
  /** `--cni-args`; the plugins contain these changes. */
  readonly cniArgs: CniArgs;
  /** Installed on an existing cluster for the time of the run; null: nothing is. */
  readonly temporaryInstall: TemporaryInstall | null;
  /** `--cluster`, which may be `auto`. */
  readonly cluster: string;
  readonly kind: ClusterKind;
  /** Why this kind was selected. */
  readonly clusterReason: string;
  readonly spec: ClusterSpec;
  readonly seed: number;
  /** Globs of the cells to measure; empty: all cells. */
  readonly only: readonly string[];
  /** Whether `--exploratory` removed the headlines from the suites. */
  readonly exploratory: boolean;
  /** Whether CPUs are kept awake during latency loads; `--no-keep-awake` sets it to false. */
  readonly keepAwake: boolean;
  readonly redact: boolean;
}

/** Returns the stored form of the choices. */
export function toDefinition(host: Pick<Host, "homeDir">, choices: RunChoices): Definition {
  const { suites, pluginSpecs, cluster, conf, binDirs, cniArgs, kind, spec, only, exploratory, redact } = choices;
  const abbreviate = (text: string): string => abbreviateHome(host, text);
  return {
    suites: suites.map(({ scenarios, ...suite }) => ({
      ...suite,
      // Scenarios of runners that do not measure a path have no paths.
      scenarios: scenarios.map(({ paths, ...scenario }) => (paths.length === 0 ? scenario : { ...scenario, paths })),
    })),
    plugins: pluginSpecs?.map(abbreviate) ?? null,
    cluster,
    conf: conf.map(abbreviate),
    binDirs: binDirs.map(abbreviate),
    ...(cniArgs.length === 0 ? {} : { cniArgs: cniArgs.map((pair) => pair.join("=")).join(";") }),
    ...kind.options?.toStored(spec.options ?? {}, abbreviate),
    underlay: storedUnderlay(spec),
    only,
    ...(exploratory && { exploratory }),
    ...(!choices.keepAwake && { keepAwake: false }),
    redacted: redact,
  };
}

function storedUnderlay({
  underlayMtu,
  underlayRate,
  underlayDelay,
  underlayLoss,
}: ClusterSpec): Definition["underlay"] {
  return {
    mtu: underlayMtu,
    rate: underlayRate ?? null,
    delay: underlayDelay ?? null,
    ...(underlayLoss === undefined ? {} : { loss: underlayLoss }),
  };
}

type Planned = Pick<RunFile, "plan" | "seed" | "definition">;

/** @throws UsageError when `planned` would measure something else than the stored run */
export function requireSamePlan(run: RunFile, planned: Planned): void {
  const stored = new Map(comparedFacts(run));
  const different = comparedFacts(planned).find(([name, value]) => stored.get(name) !== value);
  if (different === undefined) return;
  throw new UsageError(
    `--resume: ${different[0]} differs from the stored run (cnibench ${printable(run.versions.cnibench)}); ` +
      "omit the options that the run was not started with, or start a new run",
  );
}

function comparedFacts({
  plan: { clusterReason: _, defaultBands: _stored, ...plan },
  seed,
  definition: { underlay, cniArgs, kubernetes, machine, options, exploratory, keepAwake, redacted },
}: Planned): [string, string][] {
  return Object.entries({
    seed,
    underlay,
    cniArgs: cniArgs ?? null,
    kubernetes: kubernetes ?? null,
    machine: machine ?? null,
    options: options ?? null,
    exploratory: exploratory ?? false,
    keepAwake: keepAwake ?? true,
    redact: redacted,
    stoppingRules: null,
    ...plan,
  }).map(([name, value]) => [name, JSON.stringify(value, withoutSkipReason)]);
}

/** JSON replacer that keeps whether something is skipped but not the wording, which differs between versions. */
function withoutSkipReason(key: string, value: unknown): unknown {
  return key === "skip" ? value !== undefined : value;
}

/** Returns the stored part of a plan. */
export function storedPlan({ tasks: _, ...stored }: Plan): RunFile["plan"] {
  return stored;
}

/** Replaces the home directory in stored paths by `~`, so that they do not contain the name of the user. */
export function abbreviateHome({ homeDir }: Pick<Host, "homeDir">, text: string): string {
  return replaceHome(text, homeDir);
}
