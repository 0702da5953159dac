/**
 * The private cache of fetched tools: one folder per fetch, complete from the moment it exists.
 *
 * `<cache>/tools/<id>/root` is the unpacked packages, `bin` the start scripts, `manifest.json` what it holds. Everything
 * inside refers to its own folder relatively, so the cache can be mounted at another place.
 */
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { EnvironmentError, messageOf } from "../errors.ts";
import { makeDirectories } from "../directories.ts";

export interface CachedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
}

/** `manifest.json` of one fetch. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly tools: readonly string[];
  readonly packages: readonly CachedPackage[];
}

/** $CNIBENCH_CACHE, else $XDG_CACHE_HOME/cnibench (where absolute, as the XDG specification wants), else ~/.cache/cnibench. */
export function cacheDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.CNIBENCH_CACHE) return resolve(env.CNIBENCH_CACHE);
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(env.HOME || homedir(), ".cache"), "cnibench");
}

/** Folders of finished fetches, in a fixed order; none when nothing was fetched. */
export function fetchedDirs(cache: string = cacheDir()): string[] {
  try {
    return readdirSync(join(cache, "tools"))
      .sort()
      .map((id) => join(cache, "tools", id));
  } catch {
    return [];
  }
}

/** What one fetch holds, or null when the file cannot be read (somebody edited the cache): only versions are lost. */
export function readManifest(dir: string): Manifest | null {
  try {
    const value = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as Partial<Manifest>;
    return value.schemaVersion === 1 && Array.isArray(value.packages) ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

/**
 * Makes the cache folder. Its path goes into apt's configuration and into LD_LIBRARY_PATH, neither of which can quote.
 * @throws EnvironmentError when it cannot be made or its path cannot be used
 */
export function createCache(cache: string): void {
  if (!/^[^":;$%\\\p{Cc}]+$/u.test(cache)) {
    throw new EnvironmentError(
      `the cache folder ${JSON.stringify(cache)} has a quote, colon or other special character in its path: set CNIBENCH_CACHE to a plain one`,
    );
  }
  try {
    makeDirectories(join(cache, "tools"));
  } catch (error) {
    throw new EnvironmentError(
      `the cache folder ${cache} cannot be made (${messageOf(error)}): set CNIBENCH_CACHE to a folder you can write`,
    );
  }
}
