/**
 * Runs the code of cnibench as an unprivileged user from a test that runs as root. The built code is copied together
 * with its packages, because that user may not be able to read the checkout.
 */
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";

/** A user ID without a user: it owns no files and has no permissions. */
const UID = 54321;

export const AS_UNPRIVILEGED = ["setpriv", "--reuid", String(UID), "--regid", String(UID), "--clear-groups", "--"];

/** Copies `core/`, `tools/` and their packages to `<dir>/code`, and creates `<dir>/home` for that user. */
export function prepareUnprivileged(dir: string): { readonly code: string; readonly home: string } {
  const code = join(dir, "code");
  const home = join(dir, "home");
  const root = packageRoot();
  for (const built of ["core", "tools"]) cpSync(join(root, "dist", built), join(code, built), { recursive: true });
  writeFileSync(join(code, "package.json"), JSON.stringify({ name: "cnibench", type: "module" }));
  const done = new Set<string>();
  for (const name of importedPackages(code)) copyPackage(root, code, name, done);
  mkdirSync(home);
  chownSync(home, UID, UID);
  return { code, home };
}

/** Returns the packages that the copied code imports; imports of Node.js itself have a prefix. */
function importedPackages(code: string): ReadonlySet<string> {
  const files = readdirSync(code, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  const sources = files.map((name) => readFileSync(join(code, name), "utf8"));
  return new Set(sources.flatMap((text) => [...text.matchAll(/ from "([a-z][^":]*)"/g)].map(([, name]) => name ?? "")));
}

function copyPackage(root: string, code: string, name: string, done: Set<string>): void {
  const from = join(root, "node_modules", name);
  if (done.has(name) || !existsSync(from)) return;
  done.add(name);
  cpSync(from, join(code, "node_modules", name), { recursive: true, dereference: true });
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as {
    dependencies?: object;
  };
  for (const dependency of Object.keys(dependencies)) copyPackage(root, code, dependency, done);
}
