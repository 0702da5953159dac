/** Reads a text file line by line, so that only the current line is in memory. */
import { createHash } from "node:crypto";
import { closeSync, readSync } from "node:fs";
import { UsageError } from "../core/errors.ts";
import { openRegular } from "./regular-file.ts";

const CHUNK_BYTES = 1 << 20;
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
  const fd = openRegular(file, limits.file);
  if (fd === null) return { tail: "", digest: null };
  try {
    const hash = createHash("sha256");
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const size = readSync(fd, chunk);
      if (size === 0) return { tail: rest.toString(), digest: hash.digest("hex") };
      hash.update(chunk.subarray(0, size));
      const bytes = rest.length === 0 ? chunk.subarray(0, size) : Buffer.concat([rest, chunk.subarray(0, size)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        onLine(bytes.toString("utf8", start, end));
        start = end + 1;
      }
      rest = bytes.subarray(start);
      if (rest.length > limits.line)
        throw new UsageError(`${file} has a line of more than ${limits.line} bytes, so cnibench did not write it`);
    }
  } finally {
    closeSync(fd);
  }
}
