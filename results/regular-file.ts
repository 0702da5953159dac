/** Opens files that may come from anywhere: only regular files, of limited size. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { messageOf, UsageError } from "../core/errors.ts";
import { errorCode } from "./run-files.ts";

/**
 * Returns a file descriptor for reading, or null if the file does not exist, or a part of its path is not a directory.
 * Never waits for the writer of a FIFO.
 * @param flags additional flags of open(2)
 * @throws UsageError if the file cannot be read, is not a regular file, or is larger than `maxBytes`
 */
export function openRegular(file: string, maxBytes: number, flags = 0): number | null {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return null;
    if (errorCode(error) === "ELOOP" && (flags & constants.O_NOFOLLOW) !== 0)
      throw new UsageError(`${file} is a symbolic link`);
    throw new UsageError(`cannot read ${file}: ${messageOf(error)}`);
  }
  const found = fstatSync(fd);
  if (found.isFile() && found.size <= maxBytes) return fd;
  closeSync(fd);
  if (!found.isFile()) throw new UsageError(`${file} is not a regular file`);
  throw new UsageError(`${file} is too large: ${found.size} bytes (limit ${maxBytes})`);
}
