/** Reads a text file line by line, so that only the current line is in memory. */
import { createHash } from "node:crypto";
import { closeSync, readSync } from "node:fs";
import { UsageError } from "../core/errors.ts";
import { openRegular } from "./regular-file.ts";

/** Fits in the cache of a processor. */
const CHUNK_BYTES = 1 << 17;
const NEWLINE = 0x0a;

interface LineLimits {
  /** Bytes of the file. */
  readonly file: number;
  /** Bytes of a line. */
  readonly line: number;
}

/** The end of a file that was read entirely. */
export interface FileEnd {
  /** Text after the last newline. */
  readonly tail: string;
  /** SHA-256 of the file; null if it does not exist. */
  readonly digest: string | null;
}

/**
 * Calls `onLine` with each line that ends with a newline.
 * @throws UsageError if the file is not readable, not a regular file or too large
 */
export function readLines(file: string, limits: LineLimits, onLine: (line: string) => void): FileEnd {
  return readByteLines(file, limits, (bytes, start, end) => onLine(bytes.toString("utf8", start, end)));
}

/** Like {@link readLines}, with the bytes between two indexes, which are only valid during the call. */
export function readByteLines(
  file: string,
  limits: LineLimits,
  onLine: (bytes: Buffer, start: number, end: number) => void,
): FileEnd {
  const fd = openRegular(file, limits.file);
  if (fd === null) return { tail: "", digest: null };
  try {
    const hash = createHash("sha256");
    let buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES);
    // Number of bytes at the start of the buffer that belong to an incomplete line.
    let rest = 0;
    for (;;) {
      if (buffer.length < rest + CHUNK_BYTES) buffer = Buffer.concat([buffer], 2 * buffer.length);
      const size = readSync(fd, buffer, rest, CHUNK_BYTES, null);
      if (size === 0) return { tail: buffer.toString("utf8", 0, rest), digest: hash.digest("hex") };
      const bytes = buffer.subarray(0, rest + size);
      hash.update(bytes.subarray(rest));
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE, rest); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        onLine(bytes, start, end);
        start = end + 1;
      }
      rest = bytes.length - start;
      if (rest > limits.line)
        throw new UsageError(`${file} has a line of more than ${limits.line} bytes, so cnibench did not write it`);
      buffer.copyWithin(0, start, bytes.length);
    }
  } finally {
    closeSync(fd);
  }
}
