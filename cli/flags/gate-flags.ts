/** The options of `run` that make it fail: among them those of the gate, which compares the run with a base. */
import { resolve } from "node:path";
import { Option, type Command } from "commander";
import { UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { isDirectory } from "../../core/paths.ts";
import { type BasePlugin, type GateOptions, pluginsInDir, type RunChoices } from "../../engine/index.ts";
import { loadKnownChanges } from "../../results/index.ts";
import { collect, listOption } from "./arguments.ts";
import { knownOption, thresholdOption } from "./compare-options.ts";
import { overridePlugin } from "./overrides.ts";

export interface GateFlags {
  /** Directories of the base runs. */
  readonly confirm?: readonly string[];
  /** Ratio above 1. */
  readonly threshold: number;
  readonly baseBinDir?: string;
  readonly known?: string;
  readonly failOn?: readonly string[];
}

export function addFailureOptions(command: Command): Command {
  return command
    .addOption(
      listOption(
        "--fail-on <results>",
        "also fail on conformance failures (exit code 4), skipped cells (incomplete, exit code 3) or regressions " +
          "that --confirm shows (exit code 5)",
        ["conformance", "incomplete", "regression"],
      ),
    )
    .addOption(
      new Option(
        "--confirm <dir>",
        "compare with a base run, and measure regressions again to confirm them; repeatable",
      ).argParser(collect),
    )
    .option("--base-bin-dir <dir>", "directory with the plugin binaries of the base, to confirm in the same blocks")
    .addOption(thresholdOption())
    .addOption(knownOption());
}

/**
 * Returns the gate that the flags describe; null without `--confirm`.
 * @param given the flags on the command line, without defaults
 * @throws UsageError if options of the gate are given without it, or contradict the choices
 */
export function readGate(
  host: Host,
  flags: GateFlags,
  given: Partial<GateFlags>,
  choices: RunChoices,
): GateOptions | null {
  const { confirm, threshold, baseBinDir, known } = flags;
  if (confirm === undefined) {
    requireNoGateFlags(given);
    return null;
  }
  return {
    baseDirs: confirm.map((dir) => resolve(dir)),
    threshold,
    known: known === undefined ? [] : loadKnownChanges(known, host.clock.date()),
    basePlugins: baseBinDir === undefined ? null : basePluginsOf(choices, baseBinDir),
  };
}

function requireNoGateFlags({ threshold, baseBinDir, known, failOn }: Partial<GateFlags>): void {
  const given = [
    ...(failOn?.includes("regression") === true ? ["--fail-on regression"] : []),
    ...(threshold === undefined ? [] : ["--threshold"]),
    ...(baseBinDir === undefined ? [] : ["--base-bin-dir"]),
    ...(known === undefined ? [] : ["--known"]),
  ];
  if (given.length > 0)
    throw new UsageError(`${given.join(", ")}: requires --confirm DIR, the base run to compare with`);
}

function basePluginsOf(choices: RunChoices, baseBinDir: string): readonly BasePlugin[] {
  const dir = resolve(baseBinDir);
  if (!isDirectory(dir))
    throw new UsageError(`--base-bin-dir ${dir}: not a directory (expected the directory of the base version)`);
  return pluginsInDir(choices, dir).map(({ name, ...plugin }) => {
    const base = overridePlugin({ name, ...plugin }, dir);
    if (typeof base === "string") throw new UsageError(`--base-bin-dir ${dir}: ${base}`);
    return { head: name, plugin: base, pluginSpec: `${name}@${dir}` };
  });
}
