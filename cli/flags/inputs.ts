/** Converts flags to a plan; reports every problem with them at once. */
import type { ClusterKind, ClusterSpec } from "../../clusters/cluster.ts";
import { UsageErrors } from "../../core/errors.ts";
import { probeKernel } from "../../engine/preflight/kernel-probe.ts";
import { filterPlan } from "../../engine/plan/plan-filter.ts";
import { makePlan, type Plan } from "../../engine/plan/plan.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { runners } from "../../runners/index.ts";
import type { Suite } from "../../suites/suite.ts";
import { chooseCluster, clusterSpec, resolveCluster, type ClusterFlags } from "./cluster.ts";
import { detectPlugin } from "./existing-cluster.ts";
import { chooseBinDirs, choosePlugins, type PluginFlags } from "./plugins.ts";
import { chooseSuites } from "./suites.ts";
import { asInstalled, chooseInstall, type TemporaryInstall } from "../commands/temporary-install.ts";

/** Flags that select what is measured, as parsed by commander. */
export interface MeasuringFlags extends ClusterFlags, PluginFlags {
  readonly suite?: readonly string[];
  readonly blocks?: number;
  readonly duration?: number;
  readonly seed?: number;
  readonly only?: readonly string[];
  readonly verbose?: boolean;
}

/** The subjects of a run, as the flags select them. */
interface Selection {
  readonly suites: readonly Suite[];
  readonly plugins: readonly Plugin[];
  /** Installed on an existing cluster for the time of the run; null: nothing is. */
  readonly temporaryInstall: TemporaryInstall | null;
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  readonly binDirs: readonly string[];
}

export interface Inputs extends Selection {
  readonly plan: Plan;
  readonly seed: number;
}

/** Prepares the host for the first lab, which probes the kernel. */
export type Prepare = (kind: ClusterKind, spec: ClusterSpec) => Promise<void>;

/**
 * Reads the flags, probes the kernel of the nodes, and makes the plan.
 * @param stored suites of a resumed run instead of the default one; `--suite` takes precedence
 * @throws UsageErrors; EnvironmentError when the kernel cannot be probed; the signal's reason
 */
export async function readInputs(
  flags: MeasuringFlags,
  prepare: Prepare,
  signal: AbortSignal,
  stored?: readonly object[],
): Promise<Inputs> {
  const problems: string[] = [];
  const { clusterReason, ...selection } = await readSelection(flags, stored, problems);
  if (problems.length > 0) throw new UsageErrors(problems);
  const { suites, plugins, kind, spec } = selection;
  const seed = flags.seed ?? Math.floor(Math.random() * 2 ** 31);
  const families = suites.flatMap(({ scenarios }) => scenarios.map(({ family }) => family));
  await prepare(kind, spec);
  const plan = makePlan({
    suites,
    plugins,
    runners,
    cluster: kind.name,
    api: kind.api,
    clusterReason,
    nodes: flags.nodes,
    seed,
    missingFeatures: await probeKernel(kind, spec, { plugins, families }, signal),
    hidesProcesses: kind.hidesProcesses ?? false,
  });
  return { ...selection, plan: filterPlan(plan, flags.only ?? []), seed };
}

/** @param problems receives all problems; the result is meaningless if there are any */
async function readSelection(
  flags: MeasuringFlags,
  stored: readonly object[] | undefined,
  problems: string[],
): Promise<Selection & { readonly clusterReason: string }> {
  const installs = flags.cluster === "kubeconfig" && flags.install === true;
  const temporaryInstall = installs ? await chooseInstall(flags, problems) : null;
  const plugins = await selectPlugins(flags, temporaryInstall, problems);
  const binDirs = chooseBinDirs(flags, problems);
  const { cluster, reason } = resolveCluster(flags.cluster, plugins, binDirs);
  const kind = chooseCluster({ ...flags, cluster }, problems);
  const suites = chooseSuites(flags, stored, problems);
  problems.push(...duplicateProblems("suite", suites), ...duplicateProblems("plugin", plugins));
  const clusterReason =
    temporaryInstall === null ? reason : `${reason}; ${temporaryInstall.reference} is installed once, for all blocks`;
  const spec = clusterSpec({ ...flags, cluster });
  return { suites, plugins, temporaryInstall, kind, spec, binDirs, clusterReason };
}

async function selectPlugins(
  flags: MeasuringFlags,
  temporaryInstall: TemporaryInstall | null,
  problems: string[],
): Promise<readonly Plugin[]> {
  if (temporaryInstall !== null) return [asInstalled(temporaryInstall)];
  if (flags.cluster !== "kubeconfig") return choosePlugins(flags, problems);
  // Without a plugin to install, its problems are reported already.
  return flags.install === true ? [] : detectPlugin(flags, flags.plugins, problems);
}

function duplicateProblems(noun: string, items: readonly { readonly name: string }[]): string[] {
  const names = items.map(({ name }) => name);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(
    (name) => `duplicate ${noun} "${name}": rename or omit one`,
  );
}
