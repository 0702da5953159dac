/**
 * The Debian archive that provides the packages of the VM node image: that of this host, or one that the user
 * chose.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, printable, UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { type AptSource, archiveSources, cacheDir, distributionOf, renderSources } from "../../tools/index.ts";

/** Keys that verify the signature of an archive whose source does not name a key. */
export const DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** Debian release to use from an archive that the user chose. */
const ARCHIVE_SUITE = "bookworm";

/** @throws UsageError if the URL is invalid */
export function requireArchiveUrl(url: string): void {
  if (!/^https?:\/\/[^\s"']{1,400}$/.test(url))
    throw new UsageError(
      `--vm-archive ${printable(url).slice(0, 100)}: not a URL of a Debian archive ` +
        "(expected http:// or https://, usually ending in /debian)",
    );
}

/** Stores the archive for later images. */
export function rememberArchive(host: Host, url: string): void {
  mkdirSync(join(cacheDir(host), "vm"), { recursive: true });
  writeFileSync(archiveFile(host), `${url}\n`);
}

/**
 * Returns the apt sources of the image as a deb822 file; null if this host uses no Debian archive and the user
 * chose none.
 * @param url archive that the user chose; undefined: that of this host
 */
export function imageSources(url: string | undefined, etc = "/etc"): string | null {
  const found = url === undefined ? hostSources(etc) : [archiveSource(url)];
  return found.length === 0 ? null : renderSources(found).replace(/^Targets:.*\n/gm, "");
}

/** @throws EnvironmentError if the keys are missing */
export function requireKeyring(): void {
  if (existsSync(DEBIAN_KEYRING)) return;
  throw new EnvironmentError(
    `${DEBIAN_KEYRING} not found (required to verify the signature of a Debian archive); ` +
      "run: sudo apt-get install debian-archive-keyring",
  );
}

/** Returns the archive that the user chose for earlier images. */
export function rememberedArchive(host: Host): string | undefined {
  const file = archiveFile(host);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

function archiveFile(host: Host): string {
  return join(cacheDir(host), "vm/archive");
}

// Until Debian 13, netperf was in non-free.
function archiveSource(url: string): AptSource {
  return { uris: [url], suites: [ARCHIVE_SUITE], components: ["main", "non-free"], options: {} };
}

function hostSources(etc: string): AptSource[] {
  const release = join(etc, "os-release");
  const distribution = distributionOf(existsSync(release) ? readFileSync(release, "utf8") : "");
  return distribution?.family === "debian" ? archiveSources(distribution, ["non-free"], join(etc, "apt")) : [];
}
