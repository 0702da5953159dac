/** Options that several commands share, by the groups of their help texts. */
import { Option, type Command } from "commander";
import { clusters } from "../../clusters/index.ts";
import { parseCniArgs } from "../../cni/index.ts";
import { parseDelay, parseDuration, parseLoss, parseRate } from "../../core/quantities.ts";
import { LANGUAGES } from "../../reports/index.ts";
import { argument, collect, integer, parseNames } from "./arguments.ts";
import { parseBlocks } from "./blocks.ts";

/** Headings of the option groups that do not belong to a cluster kind. */
export const GROUP = {
  common: "Common options:",
  test: "Test options:",
  run: "Run options:",
  compare: "Options of compare:",
  nodes: "Options for nodes and the underlay:",
  output: "Output options:",
  global: "Global options:",
} as const;

const FORMATS = ["text", "json"];

/** Adds the options that select what is measured: `run` and `plan` start with them. */
export function addMeasurementOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP.common)
    .addOption(
      new Option("--plugins <names>", "comma-separated plugins to compare; NAME@DIR uses the binaries in DIR")
        .default(undefined, "bridge,ptp,simplecni")
        .argParser(parseNames),
    )
    .addOption(
      new Option("--suite <name>", "suite to run, or its YAML file; repeatable")
        .default(undefined, "quick")
        .argParser(collect),
    )
    .addOption(clusterOption())
    .addOption(
      new Option(
        "--blocks <n>",
        "deployments of each plugin, or a range such as 6..20: stop when the headlines are precise enough",
      )
        .default(undefined, "set by the suite")
        .argParser(argument(parseBlocks)),
    )
    .addOption(
      new Option("--duration <time>", "load per repetition in whole seconds: 10, 10s, 2m")
        .default(undefined, "set by the suite")
        .argParser(argument(parseDuration)),
    );
}

/** Adds the options that select cells, their order, and the files of plugins. */
export function addSelectionOptions(command: Command): Command {
  return addPluginFileOptions(command.optionsGroup(GROUP.run))
    .addOption(
      new Option(
        "--only <glob>",
        "measure only cells whose id (suite/scenario/plugin/cluster/path/metric) matches; repeatable",
      ).argParser(collect),
    )
    .addOption(
      new Option(
        "--exploratory",
        "treat all questions as exploratory, so that fewer blocks are allowed than headlines need",
      ),
    )
    .addOption(new Option("--no-keep-awake", "let idle CPUs sleep during latency loads"))
    .addOption(
      new Option("--seed <n>", "random seed of the plugin order")
        .default(undefined, "random")
        .argParser(integer(0, 2 ** 31 - 1)),
    );
}

/** Adds the options that say where the files of plugins are. */
function addPluginFileOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--conf <file>", "network configuration of a plugin unknown to cnibench; repeatable").argParser(
        collect,
      ),
    )
    .addOption(binDirOption())
    .addOption(cniArgsOption());
}

export function binDirOption(): Option {
  return new Option("--bin-dir <dir>", "directory with plugin binaries, searched first; repeatable").argParser(collect);
}

export function cniArgsOption(): Option {
  return new Option(
    "--cni-args <args>",
    "changes to CNI_ARGS, which name a pod: KEY=VALUE;KEY=VALUE; 'KEY=' or 'K8S_*=' omits keys",
  ).argParser(argument(parseCniArgs));
}

export function clusterOption(): Option {
  return new Option("--cluster <kind>", `cluster kind: ${listed(["auto", ...Object.keys(clusters)], "or")}`).default(
    "auto",
    "auto",
  );
}

/** Adds the number of nodes and the shaping of the network between them. */
export function addNodeOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP.nodes)
    .addOption(new Option("--nodes <n>", "nodes of each cluster").argParser(integer(1, 1000)).default(2))
    .addOption(underlayMtuOption())
    .addOption(
      new Option(
        "--underlay-rate <rate>",
        "limit on the incoming traffic of each node, in bit/s: 100M, 2.5G",
      ).argParser(argument(parseRate)),
    )
    .addOption(
      new Option("--underlay-delay <time>", "delay of the incoming packets of each node: 200us, 5ms").argParser(
        argument(parseDelay),
      ),
    )
    .addOption(
      new Option("--underlay-loss <share>", "share of the incoming packets of each node to drop: 1%, 0.05%").argParser(
        argument(parseLoss),
      ),
    );
}

export function underlayMtuOption(): Option {
  return new Option("--underlay-mtu <bytes>", "MTU between the nodes").argParser(integer(1280, 65535)).default(1500);
}

/** Adds the options of the commands that check and download tools. */
export function addToolOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP.common)
    .addOption(
      new Option("--plugins <names>", "comma-separated plugins to include")
        .default(undefined, "all")
        .argParser(parseNames),
    )
    .addOption(clusterOption());
}

export function outFileOption(): Option {
  return new Option("--out <file>", "file to write").default(undefined, "standard output");
}

export function languageOption(): Option {
  return new Option("--lang <language>", "language in which html pages open").choices(LANGUAGES).default("en");
}

export function downloadOption(): Option {
  return new Option("--yes", "download missing tools without a prompt");
}

export function verboseOption(): Option {
  return new Option("-v, --verbose", "print the stack trace of an error");
}

export function textOrJsonOption(): Option {
  return formatOption(FORMATS, "text");
}

export function formatOption(formats: readonly string[], preset: string): Option {
  return new Option("--format <format>", "output format").choices(formats).default(preset);
}

/** Joins names: `a, b and c`. */
export function listed(names: readonly string[], conjunction: "and" | "or"): string {
  return `${names.slice(0, -1).join(", ")} ${conjunction} ${names.at(-1) ?? ""}`;
}
