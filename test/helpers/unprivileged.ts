/** The program for a user without privileges, when the tests run as root: a copy, for the checkout may lie where he cannot read. */
import { chownSync, cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";
import { cacheDir } from "../../core/tools/cache.ts";

/** No such user exists, so it owns nothing and may nothing. */
const UNUSED_UID = 12345;
const PROGRAM_FILES = [
  "package.json",
  "dist",
  "suites",
  "results/schema",
  "core/agent",
  "clusters/netns",
  "plugins/simplecni",
  "node_modules",
];

/** Node would turn relative links into absolute ones, back into the original. */
const COPY_OPTIONS = { recursive: true, verbatimSymlinks: true } as const;

export interface User {
  /** Command line of the program, as that user. */
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder that he may write in. */
  readonly home: string;
}

/** Copies the program and the fetched tools below `folder`. */
export function unprivilegedUser(folder: string): User {
  const code = join(folder, "code");
  const home = join(folder, "home");
  for (const part of PROGRAM_FILES) cpSync(join(packageRoot(), part), join(code, part), COPY_OPTIONS);
  mkdirSync(home);
  cpSync(cacheDir(), join(home, ".cache/cnibench"), COPY_OPTIONS);
  chownSync(home, UNUSED_UID, UNUSED_UID);
  const become = [
    "setpriv",
    `--reuid=${UNUSED_UID}`,
    `--regid=${UNUSED_UID}`,
    "--clear-groups",
    "--inh-caps=-all",
    "--no-new-privs",
  ];
  return {
    program: [...become, process.execPath, join(code, "dist/cli/main.js")],
    env: { HOME: home, PATH: process.env.PATH ?? "" },
    home,
  };
}
