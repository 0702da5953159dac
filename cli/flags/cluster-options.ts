/** The options of the cluster kinds: their place in the help, and options that the chosen kind does not have. */
import { Option, type Command } from "commander";
import { type ClusterKind, clusters, type OptionCommand, type OptionSpec } from "../../clusters/index.ts";
import { argument, integer } from "./arguments.ts";
import { GROUP } from "./shared-options.ts";

const KINDS: readonly ClusterKind[] = Object.values(clusters);
/** The commands with every option that does not name its commands. */
const CLUSTER_COMMANDS: readonly OptionCommand[] = ["run", "plan", "conformance", "lab"];

/** Returns the heading of the options of a cluster kind. */
export function clusterGroup(kind: string): string {
  return `Options for ${kind} clusters:`;
}

/** Headings of all option groups, in the order of the help texts. */
export const GROUPS: readonly string[] = [
  ...[GROUP.common, GROUP.test, GROUP.run, GROUP.nodes],
  ...KINDS.map(({ name }) => clusterGroup(name)),
  ...[GROUP.output, GROUP.global],
];

/** Adds the options that the cluster kinds have for a command. */
export function addClusterOptions(command: Command): Command {
  const added = new Set<OptionSpec>();
  for (const kind of KINDS) {
    command.optionsGroup(clusterGroup(kind.name));
    for (const spec of kind.options?.specs ?? []) {
      const commands: readonly string[] = spec.commands ?? CLUSTER_COMMANDS;
      if (commands.includes(command.name()) && !added.has(spec)) command.addOption(toOption(spec));
      added.add(spec);
    }
    if (command.name() === "run" && kind.maxClustersAtOnce !== undefined) command.addOption(clustersAtOnceOption());
  }
  return command;
}

/** Returns one problem for each kind whose options are given although the chosen kind does not have them. */
export function misplacedOptions(kind: ClusterKind, flags: object): string[] {
  const known = new Set<OptionSpec>(kind.options?.specs);
  return KINDS.flatMap(({ name, options }) => {
    const given = (options?.specs ?? []).filter((spec) => !known.has(spec) && isGiven(toOption(spec), flags));
    for (const spec of given) known.add(spec);
    const names = new Set(given.map((spec) => toOption(spec).long));
    const requirement = options?.requirement?.(kind.name) ?? `requires a ${name} cluster; add --cluster ${name}`;
    return names.size === 0 ? [] : [`${[...names].join(", ")}: ${requirement}`];
  });
}

function isGiven(option: Option, flags: object): boolean {
  return (flags as Readonly<Record<string, unknown>>)[option.attributeName()] !== undefined;
}

function toOption({ flags, description, defaultText, choices, parse }: OptionSpec): Option {
  const option = new Option(flags, description);
  if (defaultText !== undefined) option.default(undefined, defaultText);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) option.argParser(argument(parse));
  return option;
}

function clustersAtOnceOption(): Option {
  return new Option("--clusters-at-once <n>", "clusters to create at once")
    .default(undefined, "as CPUs and memory allow")
    .argParser(integer(1, 16));
}
