/** The arguments of `compare`: two sides with at least one run each, or two plugins of one run. Pure. */
import { UsageError } from "../../core/errors.ts";

export interface SideFlags {
  /** Further base runs. */
  readonly base?: readonly string[];
  readonly head?: readonly string[];
  /** Two plugins of one run, as for `run`. */
  readonly plugins?: readonly string[];
  readonly map?: ReadonlyMap<string, string>;
  readonly reference?: string;
}

/** What to compare: directories, and the plugins as the user wrote them. */
export type ComparedSides =
  | { readonly design: "unpaired"; readonly base: readonly string[]; readonly head: readonly string[] }
  | { readonly design: "paired"; readonly dir: string; readonly base: string; readonly head: string };

/** @param dirs positional arguments @throws UsageError */
export function chooseSides(dirs: readonly string[], flags: SideFlags): ComparedSides {
  const [first, second, third] = dirs;
  if (third !== undefined)
    throw new UsageError(`${third}: third directory; pass BASE HEAD, and further runs with --base DIR and --head DIR`);
  if (flags.plugins !== undefined) return choosePlugins(dirs, flags.plugins, flags);
  const base = [...(first === undefined ? [] : [first]), ...(flags.base ?? [])];
  const head = [...(second === undefined ? [] : [second]), ...(flags.head ?? [])];
  if (base.length > 0 && head.length > 0) return { design: "unpaired", base, head };
  if (base.length > 1)
    throw new UsageError(`${base.join(" and ")} are runs of the base; name a run of the head with --head DIR`);
  if (first !== undefined)
    throw new UsageError(
      `only ${first} is given; pass a second directory, or two of its plugins with --plugins OLD,NEW`,
    );
  throw new UsageError("two sides are required: cnibench compare BASE HEAD, each a directory that cnibench run wrote");
}

function choosePlugins(dirs: readonly string[], plugins: readonly string[], flags: SideFlags): ComparedSides {
  const [dir] = dirs;
  if (dir === undefined || dirs.length > 1 || flags.base !== undefined || flags.head !== undefined)
    throw new UsageError("--plugins compares two plugins of one run; pass one directory, or omit --plugins");
  const [unused] = [
    ...(flags.map === undefined ? [] : ["--map"]),
    ...(flags.reference === undefined ? [] : ["--reference"]),
  ];
  if (unused !== undefined)
    throw new UsageError(`${unused}: only for runs; plugins of one run are compared directly, in the same blocks`);
  const [base, head, other] = plugins;
  if (base === undefined || head === undefined || other !== undefined)
    throw new UsageError(`--plugins ${plugins.join(",")}: expected two plugins of the run: OLD,NEW`);
  if (base === head)
    throw new UsageError(`--plugins ${base},${head}: base and head are both ${base}; name two plugins of the run`);
  return { design: "paired", dir, base, head };
}

/** Parses a value of `--map`, and adds it to the previous ones. @throws UsageError */
export function parseRenamed(value: string, previous?: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [old = "", current = "", ...rest] = value.split("=").map((name) => name.trim());
  if (old === "" || current === "" || rest.length > 0)
    throw new UsageError("expected the names of a plugin in base and head, e.g. bridge=my-bridge");
  if (previous?.has(old) === true) throw new UsageError(`${old} is renamed twice; remove one`);
  return new Map([...(previous ?? []), [old, current]]);
}
