/** The command line: defines all commands, runs the one that is called, and returns its exit code. */
import { Command } from "commander";
import type { Host } from "../core/host.ts";
import {
  addClean,
  addCompare,
  addConformance,
  addDoctor,
  addLab,
  addList,
  addPlan,
  addReport,
  addRun,
  addSetup,
  addVerify,
  type OnExit,
} from "./define-commands.ts";
import { EXIT } from "./exit-code.ts";
import { reportError } from "./report-error.ts";
import { COMMAND_GROUP, EXAMPLES, addHelpCommand, configureHelp } from "./terminal/help.ts";
import { watchOutput } from "./terminal/output-errors.ts";
import { formatCommanderError } from "./commander-error.ts";
import { cnibenchVersion } from "../core/paths.ts";

/** Runs the command line of the host. @returns the exit code. */
export async function main(host: Host): Promise<number> {
  const { argv } = host;
  let code: number = EXIT.success;
  // The reader of a pipe may exit early (`| head`); the run continues.
  process.stderr.on("error", () => undefined);
  const exitCode = watchOutput(process.stdout);
  const program = buildProgram(host, (result) => void (code = result));
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    code = reportError(error, argv.includes("-v") || argv.includes("--verbose"));
  }
  return exitCode(code);
}

/** @param onExit receives the exit code of the command that ran. */
export function buildProgram(host: Host, onExit: OnExit): Command {
  const program = new Command("cnibench")
    .description("Benchmark and conformance harness for Kubernetes CNI plugins")
    .usage("COMMAND [options]")
    .showSuggestionAfterError()
    .configureOutput({ outputError: (message, write) => write(formatCommanderError(message)) })
    .exitOverride();
  configureHelp(program, cnibenchVersion());
  const groups = [
    [COMMAND_GROUP.benchmark, [addRun, addPlan, addReport, addCompare, addVerify]],
    [COMMAND_GROUP.test, [addConformance, addLab]],
    [COMMAND_GROUP.setup, [addList, addDoctor, addSetup, addClean]],
  ] as const;
  for (const [heading, commands] of groups) {
    program.commandsGroup(heading);
    for (const add of commands) add(host, program, onExit);
  }
  addHelpCommand(program);
  program.showHelpAfterError('(run "cnibench --help" for usage)');
  for (const command of program.commands)
    command.showHelpAfterError(`(run "cnibench ${command.name()} --help" for usage)`);
  return program.addHelpText("after", EXAMPLES);
}
