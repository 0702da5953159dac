/** Which file is the plugin of a type, on the node (specification 1.1, section 3, "look up the executable"). */
import { CommandError, EnvironmentError, UsageError, printable } from "../core/errors.ts";
import { succeeded, type Shell } from "../core/shell.ts";
import { pluginTypeProblem } from "./validate.ts";

/** Prints, for each type, the first regular file in the folders, or an empty line. */
const LOOKUP_SCRIPT = `dirs=$1; shift
IFS=:
for type do
  found=
  for dir in $dirs; do
    if [ -f "$dir/$type" ]; then found=$dir/$type; break; fi
  done
  printf '%s\\n' "$found"
done`;

/** Remembers what it found, so that an operation costs no command of its own. */
export class PluginFinder {
  readonly #shell: Shell;
  readonly #dirs: readonly string[];
  readonly #paths = new Map<string, string>();

  /** @throws UsageError for a folder that CNI_PATH cannot carry. */
  constructor(shell: Shell, dirs: readonly string[]) {
    const bad = dirs.find((folder) => !/^[^:\n\0]+$/.test(folder));
    if (bad !== undefined)
      throw new UsageError(`"${printable(bad)}" cannot be a plugin folder; use a path without ":" and line breaks`);
    this.#shell = shell;
    this.#dirs = dirs;
  }

  /**
   * Paths of the executables, in the order of `types`; all lookups are one command.
   * @throws UsageError for a type that is no file name; EnvironmentError naming every type that is nowhere.
   */
  async find(types: readonly string[]): Promise<readonly string[]> {
    const notCached = [...new Set(types)].filter((type) => !this.#paths.has(type));
    const bad = notCached.map(pluginTypeProblem).find((problem) => problem !== null);
    if (bad !== undefined) throw new UsageError(bad);
    if (notCached.length > 0) await this.#lookUp(notCached);
    const missing = notCached.filter((type) => !this.#paths.has(type));
    if (missing.length > 0) {
      const names = missing.map((type) => `"${printable(type)}"`).join(", ");
      throw new EnvironmentError(
        `no plugin ${names} in ${this.#dirs.join(", ") || "an empty list of folders"} on ${this.#shell.name}; install it there`,
      );
    }
    return types.map((type) => this.#paths.get(type) ?? "");
  }

  /** For a plugin that could not be started: the next lookup is a fresh one. */
  forget(type: string): void {
    this.#paths.delete(type);
  }

  async #lookUp(types: readonly string[]): Promise<void> {
    // "set -f" by flag: a folder name with * is no pattern.
    const output = await this.#shell.exec(["sh", "-f", "-c", LOOKUP_SCRIPT, "sh", this.#dirs.join(":"), ...types]);
    if (!succeeded(output)) throw new CommandError(output);
    for (const [i, path] of output.stdout.split("\n").entries()) {
      const type = types[i];
      if (type !== undefined && path !== "") this.#paths.set(type, path);
    }
  }
}
