/** Options that several commands share, by the groups of their help texts. */
import { Option, type Command } from "commander";
import { parseDelay, parseDuration, parseLoss, parseRate, parseMemory } from "../../core/quantities.ts";
import { argument, collect, integer, parseNames } from "./arguments.ts";

/** Headings of the option groups, in the order of the help texts. */
export const GROUP = {
  common: "Common options:",
  test: "Test options:",
  run: "Run options:",
  nodes: "Options for nodes and the underlay:",
  vm: "Options for vm clusters:",
  kind: "Options for kind clusters:",
  kubeconfig: "Options for kubeconfig clusters:",
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
      new Option("--blocks <n>", "deployments of each plugin")
        .default(undefined, "set by the suite")
        .argParser(integer(1, 1000)),
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
      new Option("--seed <n>", "random seed of the plugin order")
        .default(undefined, "random")
        .argParser(integer(0, 2 ** 31 - 1)),
    );
}

/** Adds the options that say where the files of plugins are. */
export function addPluginFileOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--conf <file>", "network configuration of a plugin unknown to cnibench; repeatable").argParser(
        collect,
      ),
    )
    .addOption(
      new Option("--bin-dir <dir>", "directory with plugin binaries, searched first; repeatable").argParser(collect),
    );
}

export function clusterOption(): Option {
  return new Option("--cluster <kind>", "cluster kind: auto, netns, vm, kind or kubeconfig").default("auto", "auto");
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

export function addVmOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP.vm)
    .addOption(
      new Option("--vm-memory <size>", "memory of each node: 512M, 2G")
        .default(undefined, "1G")
        .argParser(argument(parseMemory)),
    )
    .addOption(new Option("--vm-cpus <n>", "CPUs of each node").default(undefined, "1").argParser(integer(1, 64)))
    .addOption(
      new Option("--vm-nics <n>", "number of networks between the nodes; each is an interface: eth0, net1, ...")
        .default(undefined, "1")
        .argParser(integer(1, 8)),
    )
    .addOption(
      new Option("--vm-underlay <type>", "links between the nodes")
        .default(undefined, "sockets")
        .choices(["sockets", "tap"]),
    )
    .addOption(new Option("--vm-image <file>", "disk image of the nodes, raw or qcow2; requires --vm-kernel"))
    .addOption(new Option("--vm-kernel <file>", "kernel of the nodes"))
    .addOption(new Option("--vm-initrd <file>", "initrd for --vm-kernel"));
}

export function addKindOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP.kind)
    .addOption(new Option("--node-image <image>", "container image of the nodes").default(undefined, "kind's own"))
    .addOption(
      new Option("--load-image <image>", "container image with the load tools, also for kubeconfig clusters").default(
        undefined,
        'cnibench/load:1; build it with "docker build -t cnibench/load:1 images/load"',
      ),
    )
    .addOption(new Option("--images <file>", "archive of container images for every node, from docker save"))
    .addOption(new Option("--registry-mirror <host:port>", "registry to pull all container images from"));
}

export function addKubeconfigOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP.kubeconfig)
    .addOption(
      new Option("--context <name>", "kubeconfig context of the cluster").default(undefined, "the current one"),
    )
    .addOption(new Option("--node-selector <labels>", "label selector of the nodes to use: pool=bench"));
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

export function installOption(): Option {
  return new Option(
    "--install",
    "install the plugin named by --plugins on a cluster without one and uninstall it at the end; prompts unless --yes",
  );
}

export function outFileOption(): Option {
  return new Option("--out <file>", "file to write").default(undefined, "standard output");
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
