/** Where the packages of the image come from: the Debian archive that this machine uses, or one that the user has named. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, printable, UsageError } from "../../core/errors.ts";
import { archiveSources } from "../../core/tools/apt.ts";
import { cacheDir } from "../../core/tools/cache.ts";
import { distributionOf, renderSources, type AptSource } from "../../core/tools/sources.ts";

/** What the archive's signature is checked with where its source names no key of its own. */
export const DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** Of an archive that the user has named. */
const ARCHIVE_SUITE = "bookworm";

/** @throws UsageError */
export function requireArchiveUrl(url: string): void {
  if (!/^https?:\/\/[^\s"']{1,400}$/.test(url))
    throw new UsageError(
      `--vm-archive ${printable(url).slice(0, 100)} is no URL of a Debian archive: it begins with http:// or https:// and mostly ends in /debian`,
    );
}

/** Remembers the archive for later images. */
export function rememberArchive(url: string): void {
  mkdirSync(join(cacheDir(), "vm"), { recursive: true });
  writeFileSync(archiveFile(), `${url}\n`);
}

/**
 * @param url of the user's; undefined: the one that was kept, else the machine's own
 * @returns a deb822 sources file; null: this machine uses no Debian archive, and the user has named none
 */
export function imageSources(url: string | undefined = rememberedArchive(), etc = "/etc"): string | null {
  const found = url === undefined ? hostSources(etc) : [archiveSource(url)];
  return found.length === 0 ? null : renderSources(found).replace(/^Targets:.*\n/gm, "");
}

/** @throws EnvironmentError */
export function requireKeyring(): void {
  if (existsSync(DEBIAN_KEYRING)) return;
  throw new EnvironmentError(
    `${DEBIAN_KEYRING}, which the signature of a Debian archive is checked with, is not here: sudo apt-get install debian-archive-keyring`,
  );
}

function rememberedArchive(): string | undefined {
  return existsSync(archiveFile()) ? readFileSync(archiveFile(), "utf8").trim() : undefined;
}

function archiveFile(): string {
  return join(cacheDir(), "vm/archive");
}

// netperf has been in non-free until Debian 13.
function archiveSource(url: string): AptSource {
  return { uris: [url], suites: [ARCHIVE_SUITE], components: ["main", "non-free"], options: {} };
}

function hostSources(etc: string): AptSource[] {
  const release = join(etc, "os-release");
  const distribution = distributionOf(existsSync(release) ? readFileSync(release, "utf8") : "");
  return distribution?.family === "debian" ? archiveSources(distribution, ["non-free"], join(etc, "apt")) : [];
}
