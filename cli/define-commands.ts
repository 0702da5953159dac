/** The commands with their arguments and options. The code of a command is loaded when the command is called. */
import { availableParallelism } from "node:os";
import { Option, type Command } from "commander";
import { SPEC_VERSIONS } from "../cni/index.ts";
import type { Host } from "../core/host.ts";
import { FAMILIES } from "../core/model.ts";
import { conformanceReports, reports, VIEW_FORMATS } from "../reports/index.ts";
import { type ClusterKind, clusters } from "../clusters/index.ts";
import { collect, integer, listOption } from "./flags/arguments.ts";
import { addClusterOptions } from "./flags/cluster-options.ts";
import { addCompareOptions } from "./flags/compare-options.ts";
import type { CompareFlags } from "./commands/compare.ts";
import { addFailureOptions } from "./flags/gate-flags.ts";
import type { ConformanceFlags } from "./commands/conformance.ts";
import type { LabFlags } from "./commands/lab.ts";
import type { ListFlags } from "./commands/list.ts";
import type { PlanFlags } from "./commands/plan.ts";
import type { ReportFlags } from "./commands/report.ts";
import type { RunFlags } from "./commands/run.ts";
import type { DoctorFlags } from "./commands/doctor.ts";
import type { SetupFlags } from "./commands/setup.ts";
import * as shared from "./flags/shared-options.ts";

const { GROUP } = shared;

const formats = Object.keys(reports);
const MAX_JOBS = 64;
const MAX_CALIBRATION_RUNS = 20;

/** Receives the exit code of the command that ran; `lab` passes that of another program. */
export type OnExit = (code: number) => void;

export function addRun(host: Host, program: Command, onExit: OnExit): void {
  const run = program.command("run").description("measure and compare CNI plugins");
  shared
    .addMeasurementOptions(run)
    .addOption(new Option("--out <dir>", "directory for the results").default(undefined, "cnibench-out/<time>"))
    .optionsGroup(GROUP.run);
  shared
    .addSelectionOptions(run)
    .option("--resume <dir>", "resume an interrupted run; other options must match")
    .option("--keep", "keep the last lab and every lab with a failure until Ctrl-C, and print how to enter each");
  addFailureOptions(run).option("--yes", "do not prompt before downloads or --install");
  shared.addNodeOptions(run);
  addClusterOptions(run)
    .optionsGroup(GROUP.output)
    .addOption(
      listOption("--report <formats>", `reports to write next to the data: ${formats.join(", ")}`, formats).default(
        ["html", "json"],
        "html,json",
      ),
    )
    .addOption(shared.languageOption())
    .option("--redact", "redact host names, user names and home directories in the stored results")
    .option("--no-progress", "print plain progress lines instead of a live table")
    .addOption(shared.verboseOption())
    .action(async (options: RunFlags, command: Command) =>
      onExit(await (await import("./commands/run.ts")).runCommand(host, options, givenFlags(command))),
    );
}

export function addPlan(host: Host, program: Command, onExit: OnExit): void {
  const plan = program
    .command("plan")
    .description("print what run would do, how long it would take, and what it would skip");
  shared.addMeasurementOptions(plan).optionsGroup(GROUP.run);
  shared.addSelectionOptions(plan);
  shared.addNodeOptions(plan);
  addClusterOptions(plan)
    .optionsGroup(GROUP.output)
    .addOption(shared.textOrJsonOption())
    .addOption(shared.verboseOption())
    .action(async (options: PlanFlags) =>
      onExit(await (await import("./commands/plan.ts")).planCommand(host, options)),
    );
}

export function addReport(host: Host, program: Command, onExit: OnExit): void {
  program
    .command("report")
    .description("render reports from stored runs, offline")
    .argument("<dir...>", "run directories")
    .optionsGroup(GROUP.output)
    .addOption(shared.outFileOption())
    .addOption(shared.formatOption([...formats, ...VIEW_FORMATS], "html"))
    .option("--view <id>", "draw only this view of a run, with --format svg or png: its id in the html report")
    .addOption(shared.languageOption())
    .option("--open", "write the html report to --out FILE, or to report.html of the run, and open it in the browser")
    .option("--redact", "redact node names and home directories in the report")
    .action(async (dirs: string[], options: ReportFlags) =>
      onExit(await (await import("./commands/report.ts")).reportCommand(host, dirs, options)),
    );
}

export function addCompare(host: Host, program: Command, onExit: OnExit): void {
  const compare = program
    .command("compare")
    .description("compare stored runs, or two plugins of one run, and report regressions")
    .argument("[dir...]", "run directories: the base, then the head; or one with --plugins");
  addCompareOptions(compare).action(async (dirs: string[], options: CompareFlags) =>
    onExit(await (await import("./commands/compare.ts")).compareCommand(host, dirs, options)),
  );
}

export function addVerify(_: Host, program: Command, onExit: OnExit): void {
  program
    .command("verify")
    .description("recompute the numbers and verdicts of a stored run from its raw output, and compare its reports")
    .argument("<path>", "run directory, or html report")
    .argument("[dir...]", "directories of the runs in the report")
    .action(async (path: string, dirs: string[]) =>
      onExit(await (await import("./commands/verify.ts")).verifyCommand(path, dirs)),
    );
}

export function addConformance(host: Host, program: Command, onExit: OnExit): void {
  const conformance = program
    .command("conformance")
    .description("test a plugin against every clause of the CNI specification")
    .argument("<plugin...>", "known plugins, or the path of one plugin binary");
  addTestOptions(conformance);
  conformance
    .optionsGroup(GROUP.nodes)
    .addOption(new Option("--node <name>", "node to test on").default(undefined, "the first"))
    .addOption(shared.underlayMtuOption());
  addClusterOptions(conformance)
    .optionsGroup(GROUP.output)
    .addOption(shared.formatOption(["text", ...Object.keys(conformanceReports)], "text"))
    .addOption(shared.languageOption())
    .action(async (plugins: string[], options: ConformanceFlags) =>
      onExit(await (await import("./commands/conformance.ts")).conformanceCommand(host, plugins, options)),
    );
}

/** Adds the options that describe the plugin under test and select clauses. */
function addTestOptions(conformance: Command): void {
  conformance
    .optionsGroup(GROUP.common)
    .option("--conf <file>", "network configuration; a chain is tested as a whole and member by member")
    .addOption(shared.clusterOption())
    .addOption(shared.outFileOption())
    .optionsGroup(GROUP.test)
    .addOption(
      new Option("--kind <kind>", "type of plugin")
        .default(undefined, "detected from its configuration")
        .choices(["interface", "ipam", "chained"]),
    )
    .option("--profile <file>", "YAML profile with facts that cannot be observed from outside")
    .option("--cni-path <dirs>", "colon-separated directories to search for delegated plugins")
    .addOption(shared.cniArgsOption())
    .addOption(
      listOption("--spec <versions>", "comma-separated versions of the CNI specification", [
        "all",
        ...SPEC_VERSIONS,
      ]).default(["all"], "all"),
    )
    .option("--only <globs>", "test only clauses that match, separated by commas: 'del.*,gc.*'")
    .option("--fail-fast", "stop at the first MUST or derived clause that fails")
    .option("--rerun-failed", "test only clauses that failed when the plugin was last tested")
    .option("--watch", "test again when the binary, --conf or --profile changes, failed clauses first; Ctrl-C ends it")
    .addOption(
      new Option("--jobs <n>", "tests to run in parallel")
        .argParser(integer(1, MAX_JOBS))
        .default(Math.min(availableParallelism(), MAX_JOBS), "number of CPUs"),
    )
    .addOption(shared.downloadOption());
}

export function addLab(host: Host, program: Command, onExit: OnExit): void {
  const lab = program
    .command("lab")
    .description("start nodes with a plugin and pods, and open a shell with commands that enter them: node1, pod1, ...")
    .argument("<plugin>", "plugin, or the path of its binary; NAME@DIR uses the binaries in DIR")
    .argument("[command...]", "command to run instead of the shell, after --: -- pod1 ping -c1 ADDRESS")
    .usage("[options] <plugin> [-- command...]")
    .optionsGroup(GROUP.common)
    .addOption(shared.clusterOption())
    .addOption(new Option("--pods <n>", "pods, spread over the nodes").argParser(integer(0, 100_000)).default(2))
    .addOption(new Option("--family <family>", "IP family of the pods").choices(FAMILIES).default("ipv4"))
    .addOption(
      new Option("--conf <file>", "network configuration to use instead of that of a known plugin").argParser(collect),
    )
    .addOption(shared.binDirOption())
    .addOption(shared.cniArgsOption())
    .addOption(shared.downloadOption());
  shared.addNodeOptions(lab);
  addClusterOptions(lab)
    .optionsGroup(GROUP.output)
    .addOption(shared.verboseOption())
    .action(async (plugin: string, command: string[], options: LabFlags) =>
      onExit(await (await import("./commands/lab.ts")).labCommand(host, plugin, options, command)),
    );
}

export function addList(_: Host, program: Command, onExit: OnExit): void {
  program
    .command("list")
    .description("list plugins, suites, clusters, runners or clauses")
    .argument("<what>", "plugins, suites, clusters, runners or clauses")
    .optionsGroup(GROUP.output)
    .addOption(shared.textOrJsonOption())
    .action(async (what: string, options: ListFlags) =>
      onExit(await (await import("./commands/list.ts")).listCommand(what, options)),
    );
}

export function addDoctor(host: Host, program: Command, onExit: OnExit): void {
  const doctor = program
    .command("doctor")
    .description("check the host for required tools and print how to install missing ones");
  shared
    .addToolOptions(doctor)
    .option("--calibrate", "measure the noise of this machine for three to four minutes and store it as its noise card")
    .addOption(
      new Option("--runs <n>", "runs of --calibrate, which show how much runs differ")
        .default(undefined, "1")
        .argParser(integer(1, MAX_CALIBRATION_RUNS)),
    )
    .action(async (options: DoctorFlags) =>
      onExit(await (await import("./commands/doctor.ts")).doctorCommand(host, options)),
    );
}

export function addSetup(host: Host, program: Command, onExit: OnExit): void {
  const setup = program
    .command("setup")
    .description("download missing tools into a private cache; needs no root on Debian and Ubuntu");
  shared.addToolOptions(setup).option("--yes", "no effect, accepted for use in scripts: setup never prompts");
  addClusterOptions(setup).action(async (options: SetupFlags) =>
    onExit(await (await import("./commands/setup.ts")).setupCommand(host, options)),
  );
}

export function addClean(host: Host, program: Command, onExit: OnExit): void {
  const kinds: readonly ClusterKind[] = Object.values(clusters);
  const names = kinds.filter((kind) => kind.clean !== undefined).map(({ name }) => name);
  const clean = program.command("clean").description(`remove leftovers of crashed ${shared.listed(names, "and")} runs`);
  addClusterOptions(clean).action(async (options: object) =>
    onExit(await (await import("./commands/clean.ts")).cleanCommand(host, options)),
  );
}

/** Returns the flags on the command line, without defaults. */
function givenFlags(command: Command): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === "cli"),
  );
}
