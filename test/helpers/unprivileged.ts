/** Runs a copy of the program as an unprivileged user, who may not be able to read the checkout. Requires root. */
import { chownSync, cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";
import { cacheDir } from "../../tools/cache.ts";
import { createHost } from "../../core/local.ts";

const host = createHost();

/** A UID without a user, files or permissions. */
const UNUSED_UID = 12345;
const PROGRAM_FILES = [
  "package.json",
  "dist",
  "suites",
  "results/schema",
  "core/agent",
  "core/probe",
  "clusters/netns",
  "plugins/simplecni",
  "node_modules",
];

/** Keeps relative symlinks: by default, Node.js makes them absolute, so they would point to the original. */
const COPY_OPTIONS = { recursive: true, verbatimSymlinks: true } as const;

export interface User {
  /** Command line that runs the program as this user. */
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A directory that the user can write. */
  readonly home: string;
}

/** Copies the program and the downloaded tools to `dir`. */
export function unprivilegedUser(dir: string): User {
  const code = join(dir, "code");
  const home = join(dir, "home");
  for (const part of PROGRAM_FILES) cpSync(join(packageRoot(), part), join(code, part), COPY_OPTIONS);
  mkdirSync(home);
  // Not the entire cache: the VM node image is large.
  const tools = join(cacheDir(host), "tools");
  if (existsSync(tools)) cpSync(tools, join(home, ".cache/cnibench/tools"), COPY_OPTIONS);
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
