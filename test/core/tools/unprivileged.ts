/**
 * Runs cnibench's own code as an unprivileged user, from a root test: the code is written out as JavaScript with the
 * packages it needs, because the checkout may lie where that user cannot read.
 */
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../../core/paths.ts";

/** Nobody's: no such user exists, so it owns nothing and may nothing. */
const UID = 54321;

export const AS_UNPRIVILEGED = ["setpriv", "--reuid", String(UID), "--regid", String(UID), "--clear-groups", "--"];

/** Copies `core/` and its packages to folder/code, and makes folder/home, owned by the unprivileged user. */
export function prepareUnprivileged(folder: string): { readonly code: string; readonly home: string } {
  const code = join(folder, "code");
  const home = join(folder, "home");
  const root = packageRoot();
  for (const file of readdirSync(join(root, "core"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const target = join(code, "core", file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, javascript(readFileSync(join(root, "core", file), "utf8")));
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
