/** Errors of the disk as the user meets them. */
import { EnvironmentError, messageOf } from "../core/errors.ts";

/** What went wrong while writing `file`, with the next step. */
export function diskError(error: unknown, file: string): EnvironmentError {
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    const next = "what was measured before is kept, free some space or choose another folder with --out";
    return new EnvironmentError(`no space is left to write ${file}; ${next}`);
  }
  return new EnvironmentError(`${file} could not be written: ${messageOf(error)}`);
}

/** `ENOENT`, `EACCES` ...; an empty string for an error that is not the system's. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
