/** Which program files stand for a plugin on this machine, and what is missing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../core/model.ts";
import { packageRoot } from "../core/paths.ts";
import { findCniPlugin, isProgram } from "../core/tools/find.ts";
import type { Plugin } from "../plugins/plugin.ts";

export interface Binary {
  readonly name: string;
  /** Absolute path on this machine. */
  readonly file: string;
  readonly sha256: string;
}

export interface Assets {
  readonly plugin: Plugin;
  readonly binaries: readonly Binary[];
}

/** @param binDirs folders of the user's, searched before anything else. */
export function findAssets(plugin: Plugin, binDirs: readonly string[]): { readonly assets: Assets } | { readonly problems: readonly Problem[] } {
  const { binaries, shipped = {} } = plugin.bare;
  const found = binaries.map((name) => ({ name, file: locate(name, shipped[name], binDirs) }));
  const missing = found.filter(({ file }) => file === null);
  if (missing.length > 0) return { problems: missing.map(({ name }) => missingBinary(plugin.name, name, binDirs)) };
  const complete = found.map(({ name, file }) => ({ name, file: file ?? "", sha256: sha256(file ?? "") }));
  return { assets: { plugin, binaries: complete } };
}

function locate(name: string, shipped: string | undefined, binDirs: readonly string[]): string | null {
  const own = binDirs.map((dir) => join(dir, name)).find(isProgram);
  if (own !== undefined) return own;
  return shipped === undefined ? findCniPlugin(name) : join(packageRoot(), shipped);
}

function missingBinary(plugin: string, name: string, binDirs: readonly string[]): Problem {
  const inTheWay = binDirs.map((dir) => join(dir, name)).find(exists);
  if (inTheWay !== undefined) return { message: `${inTheWay} is no executable file`, fix: `chmod +x ${inTheWay}` };
  return { message: `plugin ${plugin} needs the CNI plugin "${name}", which is not here`, fix: "cnibench setup, or --bin-dir DIR with it" };
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
