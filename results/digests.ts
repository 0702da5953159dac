/**
 * SHA-256 digests of the files of a run, in the format of sha256sum(1): `raw.sha256` grows with the raw output of each
 * repetition, and `SHA256SUMS` is written when a session ends.
 */
import { createHash } from "node:crypto";
import { closeSync, readFileSync, readSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../core/atomic-write.ts";
import { openRegular } from "./regular-file.ts";
import { RAW_DIGESTS_FILE, RESULTS_FILE, RUN_DIGESTS_FILE, RUN_FILE } from "./run-files.ts";

const CHUNK_BYTES = 1 << 20;

/** The files with digests in SHA256SUMS. */
export const SEALED_FILES = [RUN_FILE, RESULTS_FILE, RAW_DIGESTS_FILE] as const;
export type SealedFile = (typeof SEALED_FILES)[number];

/** SHA-256 of each file; null if it does not exist. */
export type RunDigests = Readonly<Record<SealedFile, string | null>>;

/** Returns the SHA-256 of a text or of bytes, in hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Returns a line of sha256sum(1). */
export function digestLine(digest: string, path: string): string {
  return `${digest}  ${path}\n`;
}

/** Parses a line of sha256sum(1) without its newline; null if it is not one. */
export function parseDigestLine(line: string): { readonly digest: string; readonly path: string } | null {
  const [, digest, path] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
  return digest === undefined || path === undefined ? null : { digest, path };
}

/** Returns the SHA-256 of a file, or null if it does not exist. @throws UsageError like {@link openRegular} */
export function digestOfFile(file: string): string | null {
  const fd = openRegular(file, Infinity);
  if (fd === null) return null;
  try {
    const hash = createHash("sha256");
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let size = readSync(fd, chunk); size > 0; size = readSync(fd, chunk)) hash.update(chunk.subarray(0, size));
    return hash.digest("hex");
  } finally {
    closeSync(fd);
  }
}

/** Writes SHA256SUMS. @throws UsageError for a file that is not regular; the system error */
export function writeRunDigests(dir: string): void {
  const lines = SEALED_FILES.flatMap((name) => {
    const digest = digestOfFile(join(dir, name));
    return digest === null ? [] : [digestLine(digest, name)];
  });
  writeAtomically(join(dir, RUN_DIGESTS_FILE), lines.join(""));
}

/** Removes SHA256SUMS, which no longer describes a run that goes on. @throws the system error */
export function removeRunDigests(dir: string): void {
  rmSync(join(dir, RUN_DIGESTS_FILE), { force: true });
}

/** Removes the incomplete last line that a crash left in raw.sha256. @throws the system error */
export function repairRawDigests(dir: string): void {
  const file = join(dir, RAW_DIGESTS_FILE);
  if (!(statSync(file, { throwIfNoEntry: false })?.isFile() ?? false)) return;
  const bytes = readFileSync(file);
  truncateSync(file, bytes.lastIndexOf("\n") + 1);
}
