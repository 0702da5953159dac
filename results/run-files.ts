/**
 * The files of a run directory: their names, and the errors of the disk. Names of suites and plugins must not lead out
 * of it.
 */
import { EnvironmentError, messageOf } from "../core/errors.ts";
import { sessionOf } from "./blocks.ts";
import type { ResultRecord } from "./record.ts";

export const RUN_FILE = "run.json";
export const RESULTS_FILE = "results.jsonl";
/** Digests of the files below raw/. */
export const RAW_DIGESTS_FILE = "raw.sha256";
/** Digests of the other three files. */
export const RUN_DIGESTS_FILE = "SHA256SUMS";

const RAW_PATH = /^raw(?:\/[A-Za-z0-9][A-Za-z0-9._+-]{0,99})+$/;
const PATH_SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

/**
 * Returns `raw/<suite>/<scenario>/<plugin>/<cluster>/<path>/<block>-<rep>`, with the suffix `-sitting<n>` for later
 * sessions, because both sessions measure the baseline of a split block.
 * @throws Error for an invalid name, which is a bug because suites and plugins validate their names
 */
export function rawPath(scenario: string, block: number, rep: number, session: number): string {
  return pathOf(validated(scenario), block, rep, session);
}

/** Returns the raw path of a stored record, whose cell may contain anything. */
export function rawPathOf(record: ResultRecord): string {
  const { kind, cell, block, rep } = record;
  const scenario = kind === "check" ? cell : cell.slice(0, cell.lastIndexOf("/"));
  return pathOf(scenario, block, rep, sessionOf(record));
}

function pathOf(scenario: string, block: number, rep: number, session: number): string {
  return `raw/${scenario}/${block}-${rep}${session === 1 ? "" : `-sitting${session}`}`;
}

/** Returns `logs/<deployment>/<node>-<daemon>.log`. @throws like {@link rawPath} */
export function logPath(name: string): string {
  return `logs/${validated(name)}.log`;
}

function validated(path: string): string {
  const invalid = path.split("/").find((part) => !PATH_SEGMENT.test(part));
  if (invalid !== undefined) throw new Error(`invalid directory name "${invalid}" in ${path}`);
  return path;
}

/** Reports whether a stored record may contain this path: a directory below raw/. */
export function isRawPath(path: string): boolean {
  return RAW_PATH.test(path);
}

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
