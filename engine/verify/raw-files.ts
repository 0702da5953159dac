/** Reads the raw output of a stored run. It may come from anywhere: no link is followed, and all sizes are limited. */
import { closeSync, constants, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { messageOf, printable, UsageError } from "../../core/errors.ts";
import { isRawPath, openRegular, parseDigestLine, RAW_DIGESTS_FILE, readLines, sha256 } from "../../results/index.ts";
import type { StoredOutputs } from "../../runners/index.ts";

const MAX_RAW_BYTES = 256 * 1024 * 1024;
const MAX_DIGESTS_BYTES = 1024 * 1024 * 1024;
const MAX_LINE_BYTES = 4096;

interface StoredDigest {
  readonly digest: string;
  readonly line: number;
}

/** Digests of raw files by path, relative to the run directory. The last line of a path counts. */
export type RawDigests = ReadonlyMap<string, StoredDigest>;

/** Reads raw.sha256; null if the run has none. @throws UsageError with the line that is invalid */
export function readRawDigests(dir: string): RawDigests | null {
  const file = join(dir, RAW_DIGESTS_FILE);
  const digests = new Map<string, StoredDigest>();
  let line = 0;
  const { digest: found } = readLines(file, { file: MAX_DIGESTS_BYTES, line: MAX_LINE_BYTES }, (text) => {
    line++;
    const parsed = parseDigestLine(text);
    if (parsed === null || !isRawPath(parsed.path))
      throw new UsageError(`${file}:${line}: not a digest of a file below raw/: ${printable(text.slice(0, 200))}`);
    digests.set(parsed.path, { digest: parsed.digest, line });
  });
  return found === null ? null : digests;
}

/** The files of one repetition. */
export interface RawFiles {
  readonly names: readonly string[];
  /** @throws UsageError if the file cannot be read */
  readonly read: (name: string) => Buffer;
}

/** @param raw path of the directory, relative to the run directory @throws UsageError if it is missing or a link */
export function openRawDir(dir: string, raw: string): RawFiles {
  const path = join(dir, raw);
  let names: string[];
  try {
    if (realpathSync(path) !== join(realpathSync(dir), raw)) throw new UsageError(`${path}: below a symbolic link`);
    names = readdirSync(path).sort();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: raw output not found, so its values cannot be recomputed (${messageOf(error)})`);
  }
  return { names, read: (name) => readRaw(join(path, name)) };
}

function readRaw(file: string): Buffer {
  const fd = openRegular(file, MAX_RAW_BYTES, constants.O_NOFOLLOW);
  if (fd === null) throw new UsageError(`${file}: not found`);
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Compares each file with its digest. @throws UsageError that names the first difference */
export function verifyRawDigests(dir: string, raw: string, { names, read }: RawFiles, digests: RawDigests): void {
  for (const name of names) {
    const stored = digests.get(`${raw}/${name}`);
    const file = join(dir, raw, name);
    if (stored === undefined)
      throw new UsageError(`${file}: no digest in ${RAW_DIGESTS_FILE}; the file was added later`);
    requireDigest(file, read(name), stored);
  }
}

/** Compares the files that no result refers to, such as those of a repetition that a crash cut off. */
export function verifyOtherDigests(dir: string, digests: RawDigests, checked: ReadonlySet<string>): void {
  for (const [path, stored] of digests) {
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (checked.has(parent)) requirePresent(dir, path);
    else requireDigest(join(dir, path), openRawDir(dir, parent).read(path.slice(parent.length + 1)), stored);
  }
}

function requirePresent(dir: string, path: string): void {
  const fd = openRegular(join(dir, path), MAX_RAW_BYTES, constants.O_NOFOLLOW);
  if (fd === null) throw new UsageError(`${join(dir, path)}: not found, but ${RAW_DIGESTS_FILE} has its digest`);
  closeSync(fd);
}

function requireDigest(file: string, content: Buffer, { digest, line }: StoredDigest): void {
  if (sha256(content) === digest) return;
  throw new UsageError(`${file}: SHA-256 differs from ${RAW_DIGESTS_FILE}:${line}; one of the two was changed`);
}

/** Returns the outputs of a repetition for its runner. */
export function storedOutputs({ names, read }: RawFiles): StoredOutputs {
  const output = (name: string): string => {
    if (!names.includes(name)) throw new Error(`${name} not found`);
    return read(name).toString();
  };
  return {
    roles: names.filter((name) => name.endsWith(".stdout")).map((name) => name.slice(0, -".stdout".length)),
    stdout: (role) => output(`${role}.stdout`),
    command: (role) => output(`${role}.cmd`),
  };
}
