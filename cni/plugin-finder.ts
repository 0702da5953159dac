/** Finds the executable of a plugin type on the node (specification 1.1, section 3, "look up the executable"). */
import { EnvironmentError, UsageError, printable } from "../core/errors.ts";
import { CommandError } from "../core/shell.ts";
import { succeeded, type Shell } from "../core/shell.ts";
import { pluginTypeProblem } from "./validate.ts";

/** Prints for each type the first regular file in the directories, or an empty line. */
const LOOKUP_SCRIPT = `dirs=$1; shift
IFS=:
for type do
  found=
  for dir in $dirs; do
    if [ -f "$dir/$type" ]; then found=$dir/$type; break; fi
  done
  printf '%s\\n' "$found"
done`;

/** Finds plugins and caches their paths, so most operations need no lookup command. */
export class PluginFinder {
  readonly #shell: Shell;
  readonly #dirs: readonly string[];
  readonly #paths = new Map<string, string>();

  /** @throws UsageError for a directory that CNI_PATH cannot contain */
  constructor(shell: Shell, dirs: readonly string[]) {
    const invalid = dirs.find((dir) => !/^[^:\n\0]+$/.test(dir));
    if (invalid !== undefined)
      throw new UsageError(`invalid plugin directory "${printable(invalid)}"; use a path without ":" and line breaks`);
    this.#shell = shell;
    this.#dirs = dirs;
  }

  /**
   * Returns the paths of the executables in the order of `types`. Looks all types up with one command.
   * @throws UsageError for a type that is not a file name; EnvironmentError with all types that were not found
   */
  async find(types: readonly string[]): Promise<readonly string[]> {
    const notCached = [...new Set(types)].filter((type) => !this.#paths.has(type));
    const bad = notCached.map(pluginTypeProblem).find((problem) => problem !== null);
    if (bad !== undefined) throw new UsageError(bad);
    if (notCached.length > 0) await this.#lookUp(notCached);
    const missing = notCached.filter((type) => !this.#paths.has(type));
    if (missing.length > 0) {
      const names = missing.map((type) => `"${printable(type)}"`).join(", ");
      const dirs = this.#dirs.join(", ") || "an empty CNI_PATH";
      throw new EnvironmentError(`plugin ${names} not found on ${this.#shell.name} in ${dirs}; install it there`);
    }
    return types.map((type) => this.#paths.get(type) ?? "");
  }

  /** Drops a cached path, for a plugin that could not start. */
  forget(type: string): void {
    this.#paths.delete(type);
  }

  async #lookUp(types: readonly string[]): Promise<void> {
    // -f disables globbing: a directory name may contain "*".
    const output = await this.#shell.exec(["sh", "-f", "-c", LOOKUP_SCRIPT, "sh", this.#dirs.join(":"), ...types]);
    if (!succeeded(output)) throw new CommandError(output);
    for (const [i, path] of output.stdout.split("\n").entries()) {
      const type = types[i];
      if (type !== undefined && path !== "") this.#paths.set(type, path);
    }
  }
}
