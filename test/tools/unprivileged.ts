/**
 * Runs the code of cnibench as an unprivileged user from a test that runs as root. The code is transpiled and copied
 * together with its packages, because that user may not be able to read the checkout.
 */
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../core/paths.ts";

/** A user ID without a user: it owns no files and has no permissions. */
const UID = 54321;

export const AS_UNPRIVILEGED = ["setpriv", "--reuid", String(UID), "--regid", String(UID), "--clear-groups", "--"];

/** Copies `core/`, `tools/` and their packages to `<dir>/code`, and creates `<dir>/home` for that user. */
export function prepareUnprivileged(dir: string): { readonly code: string; readonly home: string } {
  const code = join(dir, "code");
  const home = join(dir, "home");
  const root = packageRoot();
  for (const dir of ["core", "tools"])
    for (const file of readdirSync(join(root, dir), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const target = join(code, dir, file.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, javascript(readFileSync(join(root, dir, file), "utf8")));
    }
  writeFileSync(join(code, "package.json"), JSON.stringify({ name: "cnibench", type: "module" }));
  copyPackage(root, code, "execa", new Set());
  mkdirSync(home);
  chownSync(home, UID, UID);
  return { code, home };
}

function javascript(source: string): string {
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    rewriteRelativeImportExtensions: true,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
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
