/** Converts flags to the choices of a run; reports every problem with them at once. */
import { resolve } from "node:path";
import type { ClusterSpec } from "../../clusters/index.ts";
import { UsageErrors } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { asInstalled, type RunChoices } from "../../engine/index.ts";
import { BASELINE, type Plugin } from "../../plugins/index.ts";
import { runners } from "../../runners/index.ts";
import type { BlocksFlag } from "./blocks.ts";
import { AUTO, type ChosenKind, type ClusterFlags, clusterSpec, findKind, resolveAuto } from "./choose-cluster.ts";
import { existingPlugin } from "./existing-cluster.ts";
import { chooseInstall } from "./install-flag.ts";
import { absolutePluginSpec } from "./overrides.ts";
import { chooseBinDirs, choosePlugins, type PluginFlags } from "./plugins.ts";
import { chooseSuites } from "./suites.ts";

/** Flags that select the measurements, as parsed by commander. */
export interface ChoiceFlags extends ClusterFlags, PluginFlags {
  readonly suite?: readonly string[];
  readonly blocks?: BlocksFlag;
  readonly duration?: number;
  readonly seed?: number;
  readonly only?: readonly string[];
  readonly exploratory?: boolean;
  readonly keepAwake?: boolean;
  readonly redact?: boolean;
}

/**
 * Reads the flags, and the files and the existing cluster that they name.
 * @param stored suites of a resumed run instead of the default one; `--suite` takes precedence
 * @throws UsageErrors; EnvironmentError if the existing cluster cannot be read
 */
export async function readChoices(host: Host, flags: ChoiceFlags, stored?: readonly object[]): Promise<RunChoices> {
  const problems: string[] = [];
  const named =
    flags.cluster === AUTO
      ? null
      : configure({ kind: findKind(flags.cluster, problems), reason: "requested" }, flags, problems);
  const { plugins, temporaryInstall } = await selectPlugins(host, flags, named, problems);
  const binDirs = chooseBinDirs(flags, problems);
  const { kind, reason, spec } = named ?? configure(resolveAuto(host, plugins, binDirs), flags, problems);
  const suites = chooseSuites(flags, stored, problems);
  problems.push(
    ...duplicateProblems("suite", suites),
    ...baselineProblems(plugins),
    ...duplicateProblems("plugin", plugins),
  );
  if (problems.length > 0) throw new UsageErrors(problems);
  const clusterReason =
    temporaryInstall === null ? reason : `${reason}; ${temporaryInstall.pluginSpec} is installed once, for all blocks`;
  return {
    suites,
    runners,
    plugins,
    pluginSpecs: flags.plugins?.map(absolutePluginSpec) ?? null,
    conf: (flags.conf ?? []).map((file) => resolve(file)),
    binDirs,
    cniArgs: flags.cniArgs ?? [],
    temporaryInstall,
    cluster: flags.cluster,
    kind,
    clusterReason,
    spec,
    seed: flags.seed ?? Math.floor(Math.random() * 2 ** 31),
    only: flags.only ?? [],
    exploratory: flags.exploratory === true,
    keepAwake: flags.keepAwake !== false,
    redact: flags.redact ?? false,
  };
}

/** A kind with the clusters to create. */
interface ConfiguredCluster extends ChosenKind {
  readonly spec: ClusterSpec;
}

function configure(chosen: ChosenKind, flags: ChoiceFlags, problems: string[]): ConfiguredCluster {
  return { ...chosen, spec: clusterSpec(chosen.kind, flags, problems) };
}

/**
 * On an existing cluster the plugin is the installed one, or one to install.
 * @param cluster null: chosen later, to suit the plugins
 */
async function selectPlugins(
  host: Host,
  flags: ChoiceFlags,
  cluster: ConfiguredCluster | null,
  problems: string[],
): Promise<Pick<RunChoices, "plugins" | "temporaryInstall">> {
  const existing = cluster?.kind.existing;
  if (existing === undefined) return { plugins: choosePlugins(flags, problems), temporaryInstall: null };
  const options = cluster?.spec.options ?? {};
  if (!existing.installsPlugin(options))
    return {
      plugins: await existingPlugin(host, { existing, options }, flags.plugins, problems),
      temporaryInstall: null,
    };
  const temporaryInstall = await chooseInstall(host, { existing, options }, flags, problems);
  return { plugins: temporaryInstall === null ? [] : [asInstalled(temporaryInstall)], temporaryInstall };
}

/** A plugin with the name of the baseline would have its cells. */
function baselineProblems(plugins: readonly Plugin[]): string[] {
  if (plugins.every(({ name }) => name !== BASELINE)) return [];
  return [`the plugin name "${BASELINE}" is that of the baseline; change the "name" of the network in --conf`];
}

function duplicateProblems(noun: string, items: readonly { readonly name: string }[]): string[] {
  const names = items.map(({ name }) => name);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(
    (name) => `duplicate ${noun} "${name}": rename or omit one`,
  );
}
