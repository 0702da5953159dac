/** The contract of the options of a cluster kind: their flags, their stored form, and what they select. */
import type { StoredOptions } from "../results/index.ts";

/** A command that has options of cluster kinds. */
export type OptionCommand = "run" | "plan" | "conformance" | "lab" | "setup" | "clean";

/** One option of the command line. */
export interface OptionSpec {
  /** Name and argument: `--vm-memory <size>`. Without an argument the value is true. */
  readonly flags: string;
  readonly description: string;
  /** The default, as the help prints it. */
  readonly defaultText?: string;
  /** The valid arguments. Default: any. */
  readonly choices?: readonly string[];
  /** Converts the argument. Default: it remains text. @throws UsageError */
  readonly parse?: (argument: string) => unknown;
  /** The value is a list of all given arguments. */
  readonly repeatable?: true;
  /** The commands with this option. Default: those that create clusters. */
  readonly commands?: readonly OptionCommand[];
  /** As {@link KindOptions.requirement}, which it overrides. */
  requirement?(kind: string): string;
}

/** The options of a cluster kind. Values are passed by the camel-case names of their flags: `vmMemory`. */
export interface KindOptions {
  /** The help lists them under the first kind that has them. */
  readonly specs: readonly OptionSpec[];
  /**
   * Explains why the options are rejected for clusters of another kind.
   * Default: they require a cluster of this kind.
   */
  requirement?(kind: string): string;
  /** Converts the values for {@link ClusterSpec.options}. @param problems receives all problems */
  parse(flags: object, problems: string[]): object;
  /** Returns the stored form. @param abbreviateHome replaces the home directory in a path */
  toStored(options: object, abbreviateHome: (path: string) => string): StoredOptions;
  /** Returns the values that a stored form was made of. @param expandHome restores the home directory in a path */
  toFlags(stored: StoredOptions, expandHome: (path: string) => string): object;
}
