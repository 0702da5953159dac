/**
 * The private cache of fetched tools: one directory per fetch, which is complete as soon as it exists.
 *
 * `<cache>/tools/<id>/root` contains the unpacked packages, `bin` the start scripts, and `manifest.json` lists the
 * packages. All paths inside are relative, so the cache can be mounted elsewhere.
 */
import { readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { EnvironmentError, messageOf } from "../core/errors.ts";
import { makeDirectories } from "../core/paths.ts";
import type { Host } from "../core/host.ts";

/** A package in the cache. */
export interface CachedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
}

/** The content of `manifest.json`. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly tools: readonly string[];
  readonly packages: readonly CachedPackage[];
}

/** Returns $CNIBENCH_CACHE, else $XDG_CACHE_HOME/cnibench (if absolute, as XDG requires), else ~/.cache/cnibench. */
export function cacheDir({ env, homeDir }: Host): string {
  if (env.CNIBENCH_CACHE) return resolve(env.CNIBENCH_CACHE);
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(env.HOME || homeDir, ".cache"), "cnibench");
}

/** Returns the directories of completed fetches in a fixed order; an empty list if nothing was fetched. */
export function fetchedDirs(host: Host): string[] {
  const cache = cacheDir(host);
  try {
    return readdirSync(join(cache, "tools"))
      .sort()
      .map((id) => join(cache, "tools", id));
  } catch {
    return [];
  }
}

/** Returns the manifest of one fetch, or null if it is unreadable (edited by hand), which only hides the versions. */
export function readManifest(dir: string): Manifest | null {
  try {
    const value = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as Partial<Manifest>;
    return value.schemaVersion === 1 && Array.isArray(value.packages) ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

/**
 * Creates the cache directory. Its path is used in apt configuration and LD_LIBRARY_PATH, which do not support quoting.
 * @throws EnvironmentError if it cannot be created or its path contains special characters
 */
export function createCache(cache: string): void {
  if (!/^[^":;$%\\\p{Cc}]+$/u.test(cache)) {
    throw new EnvironmentError(
      `quote, colon or other special character in the cache directory ${JSON.stringify(cache)}: ` +
        "set CNIBENCH_CACHE to another path",
    );
  }
  try {
    makeDirectories(join(cache, "tools"));
  } catch (error) {
    throw new EnvironmentError(
      `cannot create cache directory ${cache} (${messageOf(error)}): set CNIBENCH_CACHE to a writable directory`,
    );
  }
}
