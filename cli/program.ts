/** The command line: names and flags only. What a command does is loaded when it is called. */
import { Command, InvalidArgumentError, Option } from "commander";
import { UsageError, messageOf } from "../core/errors.ts";
import { parseDelay } from "../core/delay.ts";
import { parseDuration } from "../core/duration.ts";
import { FAMILIES } from "../core/family.ts";
import { parseLoss } from "../core/loss.ts";
import { parseRate } from "../core/rate.ts";
import { parseMemory } from "../core/size.ts";
import { SPEC_VERSIONS } from "../cni/version.ts";
import { conformanceReports } from "../reports/conformance/index.ts";
import { reports } from "../reports/index.ts";
import { EXIT, reportError, type ExitCode } from "./exit-code.ts";
import type { CleanFlags } from "./clean.ts";
import type { ConformanceFlags } from "./conformance.ts";
import type { LabFlags } from "./lab.ts";
import type { ListFlags } from "./list.ts";
import type { PlanFlags } from "./plan.ts";
import type { ReportFlags } from "./report.ts";
import type { RunFlags } from "./run.ts";
import type { SetupFlags, ToolFlags } from "./setup.ts";
import { version } from "./version.ts";

/** @returns the exit code. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.success;
  // Whoever reads along may stop reading (`| head`); the run goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const program = buildProgram((result) => void (code = result));
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    return reportError(error, argv.includes("-v") || argv.includes("--verbose"));
  }
}

/** @param onExit told the exit code of the command that ran. */
export function buildProgram(onExit: (code: ExitCode) => void): Command {
  const program = new Command("cnibench")
    .description("Benchmark and conformance harness for Kubernetes CNI plugins")
    .version(version(), "-V, --version")
    .showSuggestionAfterError()
    .showHelpAfterError("(cnibench --help, or cnibench COMMAND --help, shows what there is)")
    .exitOverride();
  const command = (name: string, summary: string): Command => program.command(name).description(summary).exitOverride();

  addMeasurementOptions(command("run", "measure and compare CNI plugins"))
    .option("--out <dir>", "folder for the results (default: cnibench-out/<time>)")
    .option("--yes", "fetch missing tools, and install with --install, without asking")
    .option(
      "--keep",
      "leave labs in which something failed, and the last one, up until Ctrl-C, and tell how to enter them",
    )
    .addOption(
      new Option(
        "--clusters-at-once <n>",
        "kind: clusters that are made together (default: what CPUs and memory allow)",
      ).argParser(integer(1, 16)),
    )
    .addOption(listOption("--fail-on <what>", "also fail (exit 4, 3) on these", ["conformance", "incomplete"]))
    .addOption(
      listOption("--report <formats>", "reports to write beside the data", Object.keys(reports)).default([
        "html",
        "json",
      ]),
    )
    .option("--no-progress", "no progress line; plain lines instead")
    .option("--resume <dir>", "go on with a run that was interrupted; other flags must not contradict it")
    .option("--redact", "keep host names, user names and paths out of what is stored")
    .action(async (options: RunFlags, run: Command) =>
      onExit(await (await import("./run.ts")).runCommand(options, givenFlags(run))),
    );

  addMeasurementOptions(command("plan", "print what run would do, for how long, and what would be skipped"))
    .addOption(new Option("--format <format>").choices(["text", "json"]).default("text"))
    .action(async (options: PlanFlags) => onExit(await (await import("./plan.ts")).planCommand(options)));

  addClusterOptions(command("lab", "bring up nodes with a plugin and pods, to look around in; gone when it ends"), 2)
    .argument("<plugin>", "plugin, or NAME@DIR for the program in DIR")
    .addOption(new Option("--pods <n>", "pods, spread over the nodes").argParser(integer(0, 100_000)).default(2))
    .addOption(new Option("--family <family>", "addresses of the pods").choices(FAMILIES).default("ipv4"))
    .option("--yes", "fetch missing tools without asking")
    .option("-v, --verbose", "tell more")
    .action(async (plugin: string, options: LabFlags) =>
      onExit(await (await import("./lab.ts")).labCommand(plugin, options)),
    );

  command("report", "render stored runs again, offline")
    .argument("<dir...>", "run folders")
    .addOption(new Option("--format <format>").choices(Object.keys(reports)).default("html"))
    .option("--out <file>", "file to write (default: standard output)")
    .option("--redact", "leave out paths and what else is personal, for publishing")
    .action(async (dirs: string[], options: ReportFlags) =>
      onExit(await (await import("./report.ts")).reportCommand(dirs, options)),
    );

  addConformanceOptions(command("conformance", "test a plugin against every clause of the CNI specification")).action(
    async (plugins: string[], options: ConformanceFlags) =>
      onExit(await (await import("./conformance.ts")).conformanceCommand(plugins, options)),
  );

  command("list", "list what there is")
    .argument("<what>", "plugins, suites, clusters, runners or clauses")
    .addOption(new Option("--format <format>").choices(["text", "json"]).default("text"))
    .action(async (what: string, options: ListFlags) =>
      onExit(await (await import("./list.ts")).listCommand(what, options)),
    );

  addToolOptions(command("doctor", "what is here, what is missing, and the command that fixes it")).action(
    async (options: ToolFlags) => onExit(await (await import("./doctor.ts")).doctorCommand(options)),
  );

  command("clean", "remove what crashed runs of clusters other than netns have left")
    .option("--context <name>", "also in the cluster of this context of the kubeconfig")
    .action(async (options: CleanFlags) => onExit(await (await import("./clean.ts")).cleanCommand(options)));

  addToolOptions(command("setup", "fetch missing tools into a private cache; needs no root on Debian and Ubuntu"))
    .addOption(
      new Option(
        "--vm-archive <url>",
        "Debian archive that the image of VM nodes is made from, kept for later (default: this system's own)",
      ),
    )
    .action(async (options: SetupFlags) => onExit(await (await import("./setup.ts")).setupCommand(options)));
  return program;
}

/** Flags that say what is tested against the specification. */
function addConformanceOptions(command: Command): Command {
  return addVmOptions(addImageOptions(command))
    .argument("<plugin...>", "known plugins, or the path of a program")
    .addOption(new Option("--conf <file>", "its configuration; a chain is tested as a whole and member by member"))
    .addOption(
      new Option("--kind <kind>", "what it does (default: told by its configuration)").choices([
        "interface",
        "ipam",
        "chained",
      ]),
    )
    .addOption(new Option("--profile <file>", "what a black box cannot tell about it, as YAML"))
    .addOption(
      new Option("--cni-path <dirs>", "folders of the plugins that it calls, : between them, searched after its own"),
    )
    .addOption(
      new Option("--spec <version>", "version of the specification").choices(["all", ...SPEC_VERSIONS]).default("all"),
    )
    .addOption(
      new Option("--only <pattern>", "only clauses with such ids, * for anything, commas between: 'del.*,gc.*'"),
    )
    .option("--fail-fast", "stop at the first MUST or derived clause that fails")
    .addOption(new Option("--jobs <n>", "tests at a time").argParser(integer(1, 64)).default(1))
    .addOption(new Option("--cluster <kind>", "where the node comes from").default("auto"))
    .addOption(new Option("--node <name>", "which of the cluster's nodes (default: the first)"))
    .addOption(
      new Option("--underlay-mtu <bytes>", "MTU of the node's network").argParser(integer(1280, 65535)).default(1500),
    )
    .addOption(new Option("--format <format>").choices(["text", ...Object.keys(conformanceReports)]).default("text"))
    .option("--out <file>", "file to write (default: standard output)")
    .option("--yes", "fetch missing tools without asking");
}

/** Flags of nodes that are virtual machines. */
function addVmOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--vm-memory <size>", "memory of each VM node: 512M, 2G (default: 1G)").argParser(
        argument(parseMemory),
      ),
    )
    .addOption(new Option("--vm-cpus <n>", "processors of each VM node (default: 1)").argParser(integer(1, 64)))
    .addOption(
      new Option("--vm-nics <n>", "networks between VM nodes: eth0, net1, net2 ... (default: 1)").argParser(
        integer(1, 8),
      ),
    )
    .addOption(
      new Option(
        "--vm-underlay <kind>",
        "what joins VM nodes: sockets, or bridges with tap interfaces (default: sockets)",
      ).choices(["sockets", "tap"]),
    )
    .addOption(new Option("--vm-image <file>", "disk of VM nodes, raw or qcow2; needs --vm-kernel"))
    .addOption(new Option("--vm-kernel <file>", "kernel of VM nodes"))
    .addOption(new Option("--vm-initrd <file>", "initrd of that kernel"));
}

/** Flags that say what tools are for. */
function addToolOptions(command: Command): Command {
  return command
    .addOption(new Option("--cluster <kind>", "kind of cluster").default("auto"))
    .addOption(
      new Option("--plugins <names>", "plugins that shall be measured (default: everything)").argParser(parseNames),
    );
}

/** Flags that say what is measured. */
function addMeasurementOptions(command: Command): Command {
  return addClusterOptions(command, 2)
    .addOption(
      new Option(
        "--plugins <names>",
        "plugins to compare; NAME@DIR takes its program from DIR (default: bridge,ptp,simplecni)",
      ).argParser(parseNames),
    )
    .addOption(
      new Option("--suite <name>", "suite, or a YAML file; may be repeated (default: quick)").argParser(collect),
    )
    .addOption(
      new Option("--only <pattern>", "measure only cells with such an id, * for anything; may be repeated").argParser(
        collect,
      ),
    )
    .addOption(
      new Option("--blocks <n>", "deployments of each plugin (default: the suite's)").argParser(integer(1, 1000)),
    )
    .addOption(
      new Option("--duration <time>", "load per repetition, whole seconds (default: the suite's)").argParser(
        argument(parseDuration),
      ),
    )
    .option(
      "--install",
      "kubeconfig: put the one plugin of --plugins on the cluster, which has none, and take it off at the end; asks, or takes --yes",
    )
    .addOption(new Option("--seed <n>", "seed of the order (default: random)").argParser(integer(0, 2 ** 31 - 1)))
    .option("-v, --verbose", "tell more");
}

/** Flags that say where plugins are deployed, and where their programs are. */
function addClusterOptions(command: Command, nodes: number): Command {
  return addVmOptions(addImageOptions(command))
    .addOption(new Option("--cluster <kind>", "where nodes come from").default("auto"))
    .addOption(new Option("--nodes <n>", "nodes of each cluster").argParser(integer(1, 1000)).default(nodes))
    .addOption(
      new Option("--bin-dir <dir>", "folder with CNI plugins, searched first; may be repeated").argParser(collect),
    )
    .addOption(
      new Option("--conf <file>", "configuration of a plugin that cnibench does not know; may be repeated").argParser(
        collect,
      ),
    )
    .addOption(
      new Option("--underlay-mtu <bytes>", "MTU between the nodes").argParser(integer(1280, 65535)).default(1500),
    )
    .addOption(
      new Option("--underlay-rate <rate>", "limit what each node receives, bit/s: 100M, 2.5G").argParser(
        argument(parseRate),
      ),
    )
    .addOption(
      new Option("--underlay-delay <time>", "delay what each node receives: 200us, 5ms").argParser(
        argument(parseDelay),
      ),
    )
    .addOption(
      new Option("--underlay-loss <share>", "lose a share of the packets that each node receives: 1%, 0.05%").argParser(
        argument(parseLoss),
      ),
    );
}

/** Flags that say where the images of a cluster with Kubernetes come from. */
function addImageOptions(command: Command): Command {
  return command
    .addOption(new Option("--node-image <image>", "kind: image of the nodes (default: kind's own)"))
    .addOption(new Option("--load-image <image>", "kind: image with the load tools (default: built from images/load)"))
    .addOption(new Option("--images <file>", "kind: archive of images that every node gets, from docker save"))
    .addOption(new Option("--context <name>", "kubeconfig: which cluster (default: the current context)"))
    .addOption(new Option("--node-selector <labels>", "kubeconfig: nodes that may be measured: pool=bench"))
    .addOption(new Option("--registry-mirror <host:port>", "kind: registry that is asked for all images"));
}

/** Without defaults. */
function givenFlags(command: Command): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === "cli"),
  );
}

function parseNames(text: string): string[] {
  const found = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (found.length === 0) throw new InvalidArgumentError("give names with commas between them: bridge,ptp");
  return [...new Set(found)];
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Comma-separated values out of a fixed set. */
function listOption(flags: string, summary: string, allowed: readonly string[]): Option {
  return new Option(flags, `${summary}: ${allowed.join(", ")}`).argParser((text) => {
    const chosen = parseNames(text);
    const bad = chosen.find((name) => !allowed.includes(name));
    if (bad !== undefined) throw new InvalidArgumentError(`"${bad}" is none of ${allowed.join(", ")}`);
    return chosen;
  });
}

function integer(min: number, max: number): (text: string) => number {
  return argument((text) => {
    const value = Number(text);
    if (!/^\d{1,10}$/.test(text) || value < min || value > max)
      throw new UsageError(`it must be a whole number from ${min} to ${max}`);
    return value;
  });
}

/** A parser of ours as commander wants it. */
function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };
}
