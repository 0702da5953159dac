/** Where the packages of the image come from: the Debian archive that this machine uses, or one that the user has named. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, printable, UsageError } from "../../core/errors.ts";
import { archiveSources } from "../../core/tools/apt.ts";
import { cacheDir } from "../../core/tools/cache.ts";
import { distributionOf, renderSources, type AptSource } from "../../core/tools/sources.ts";

/** What the archive's signature is checked with where its source names no key of its own. */
export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** Of an archive that the user has named. */
const SUITE = "bookworm";

/** @throws UsageError */
export function requireArchive(url: string): void {
  if (!/^https?:\/\/[^\s"']{1,400}$/.test(url))
    throw new UsageError(
      `--vm-archive ${printable(url).slice(0, 100)} is no URL of a Debian archive: it begins with http:// or https:// and mostly ends in /debian`,
    );
}

/** Remembers the archive for later images. */
export function keepArchive(url: string): void {
  mkdirSync(join(cacheDir(), "vm"), { recursive: true });
  writeFileSync(fileOf(), `${url}\n`);
}

/**
 * @param url of the user's; undefined: the one that was kept, else the machine's own
 * @returns a deb822 sources file; null: this machine uses no Debian archive, and the user has named none
 */
export function imageSources(url: string | undefined = kept(), etc = "/etc"): string | null {
  const found = url === undefined ? ownSources(etc) : [named(url)];
  return found.length === 0 ? null : renderSources(found).replace(/^Targets:.*\n/gm, "");
}

/** @throws EnvironmentError */
export function requireKeyring(): void {
  if (existsSync(KEYRING)) return;
  throw new EnvironmentError(
    `${KEYRING}, which the signature of a Debian archive is checked with, is not here: sudo apt-get install debian-archive-keyring`,
  );
}

function kept(): string | undefined {
  return existsSync(fileOf()) ? readFileSync(fileOf(), "utf8").trim() : undefined;
}

function fileOf(): string {
  return join(cacheDir(), "vm/archive");
}

// netperf has been in non-free until Debian 13.
function named(url: string): AptSource {
  return { uris: [url], suites: [SUITE], components: ["main", "non-free"], options: {} };
}

function ownSources(etc: string): AptSource[] {
  const release = join(etc, "os-release");
  const distribution = distributionOf(existsSync(release) ? readFileSync(release, "utf8") : "");
  return distribution?.family === "debian" ? archiveSources(distribution, ["non-free"], join(etc, "apt")) : [];
}
