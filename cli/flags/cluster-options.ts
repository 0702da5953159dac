/** The options of the cluster kinds: their place in the help, and options that the chosen kind does not have. */
import { Option, type Command } from "commander";
import { type ClusterKind, clusters, type OptionCommand, type OptionSpec, optionsOf } from "../../clusters/index.ts";
import { groupBy } from "../../core/group.ts";
import { argument, collect } from "./arguments.ts";
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
  ...[GROUP.common, GROUP.test, GROUP.run, GROUP.compare, GROUP.nodes],
  ...KINDS.map(({ name }) => clusterGroup(name)),
  ...[GROUP.output, GROUP.global],
];

/** Adds the options that the cluster kinds have for a command. */
export function addClusterOptions(command: Command, kinds = KINDS): Command {
  const added = new Set<OptionSpec>();
  for (const kind of kinds) {
    command.optionsGroup(clusterGroup(kind.name));
    for (const spec of optionsOf(kind)) {
      const commands: readonly string[] = spec.commands ?? CLUSTER_COMMANDS;
      if (commands.includes(command.name()) && !added.has(spec)) command.addOption(toOption(spec));
      added.add(spec);
    }
  }
  return command;
}

/** Returns one problem for each reason why given options do not apply to the chosen kind. */
export function misplacedOptions(chosen: ClusterKind, flags: object, kinds = KINDS): string[] {
  const known = new Set(optionsOf(chosen));
  const misplaced = kinds.flatMap((kind) => {
    const given = optionsOf(kind).filter((spec) => !known.has(spec) && isGiven(toOption(spec), flags));
    for (const spec of given) known.add(spec);
    return given.map((spec) => ({ flag: toOption(spec).long, requirement: requirementOf(spec, kind, chosen) }));
  });
  return [...groupBy(misplaced, ({ requirement }) => requirement)].map(
    ([requirement, options]) => `${[...new Set(options.map(({ flag }) => flag))].join(", ")}: ${requirement}`,
  );
}

/** Explains why an option of one kind does not apply to the chosen kind. */
function requirementOf(spec: OptionSpec, { name, options }: ClusterKind, chosen: ClusterKind): string {
  return (
    spec.requirement?.(chosen.name) ??
    options?.requirement?.(chosen.name) ??
    `requires a ${name} cluster; add --cluster ${name}`
  );
}

function isGiven(option: Option, flags: object): boolean {
  return (flags as Readonly<Record<string, unknown>>)[option.attributeName()] !== undefined;
}

function toOption({ flags, description, defaultText, choices, parse, repeatable }: OptionSpec): Option {
  const option = new Option(flags, description);
  if (defaultText !== undefined) option.default(undefined, defaultText);
  if (choices !== undefined) option.choices(choices);
  if (repeatable === true) option.argParser(collect);
  if (parse !== undefined) option.argParser(argument(parse));
  return option;
}
