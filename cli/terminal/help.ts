/** The layout of the help texts: command groups, one style for values and defaults, examples. */
import { Option, type Command } from "commander";
import { preferredKind } from "../../clusters/index.ts";
import { GROUP } from "../flags/shared-options.ts";

/** Headings of the command groups of `cnibench --help`. */
export const COMMAND_GROUP = {
  benchmark: "Benchmark commands:",
  test: "Test commands:",
  setup: "Setup and information commands:",
} as const;

export const EXAMPLES = `
Examples:
  cnibench run                              compare bridge, ptp and simplecni
  cnibench run --plugins ptp,ptp@./build    compare two builds of a plugin
  cnibench run --cluster ${preferredKind("kubernetes").name} --plugins flannel,calico --suite kubernetes
  cnibench conformance ./my-plugin --conf my.conflist

Run "cnibench COMMAND --help" for the options of a command.`;

/** Sets the layout that all commands of `program` inherit. */
export function configureHelp(program: Command, version: string): void {
  program
    .configureHelp({ optionDescription: describeOption, subcommandTerm: nameWithArguments })
    .optionsGroup(GROUP.global)
    .version(version, "-V, --version", "print the version")
    .addHelpOption(new Option("-h, --help", "print this help").helpGroup(GROUP.global));
}

/** Adds `cnibench help COMMAND`, which commander implements. */
export function addHelpCommand(program: Command): void {
  const help = program.createCommand("help").argument("[command]");
  program.addHelpCommand(
    help.description("print the help of a command").helpOption(false).helpGroup(COMMAND_GROUP.setup),
  );
}

/** `output format: text, json (default: text)`: the values and the default in one style for all options. */
function describeOption(option: Option): string {
  const { description, argChoices, defaultValueDescription } = option;
  const defaultValue = option.defaultValue as string | number | undefined;
  const values = argChoices === undefined ? "" : `: ${argChoices.join(", ")}`;
  const shown = defaultValueDescription ?? defaultValue?.toString();
  return `${description}${values}${shown === undefined ? "" : ` (default: ${shown})`}`;
}

/** `report <dir...>`: every command has options, so they are not mentioned. */
function nameWithArguments(command: Command): string {
  const terms = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...terms].join(" ");
}
