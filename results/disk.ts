/** Converts disk errors to user errors. */
import { EnvironmentError, messageOf } from "../core/errors.ts";

/** Returns the error for a failed write of `file`. */
export function diskError(error: unknown, file: string): EnvironmentError {
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    const next = "earlier results are kept; free some space or choose another directory with --out";
    return new EnvironmentError(`no space left to write ${file}: ${next}`);
  }
  return new EnvironmentError(`cannot write ${file}: ${messageOf(error)}`);
}

/** Returns `ENOENT`, `EACCES`, ..., or an empty string for other errors. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
