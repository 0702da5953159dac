/** Understanding what a plugin printed after a success (specification 1.1, section 5). */
import { succeeded } from "../core/shell.ts";
import { convertResult } from "./convert.ts";
import { CniError, badAnswer, checkSucceeded, errorObject } from "./errors.ts";
import { JsonSyntaxError, isList, isObject, kindOf, parseJson, type JsonObject, type JsonValue } from "./json.ts";
import { ResultError, readResult } from "./result.ts";
import type { CniResult, Invocation } from "./types.ts";
import { isVersion, type SpecVersion } from "./version.ts";

/** The result of an ADD that ended with exit code 0. */
export interface Answer {
  /** As printed. */
  readonly raw: JsonObject;
  readonly result: CniResult;
  /** It names no version, so the request's is taken. */
  readonly versionMissing: boolean;
}

/** @throws CniError when it is no result. */
export function addAnswer(invocation: Invocation): Answer {
  const raw = printedObject(invocation);
  const misplaced = errorObject(invocation.output.stdout);
  if (misplaced !== null)
    throw new CniError(invocation, { ...misplaced, msg: `exit code 0 with an error object: ${misplaced.msg}` });
  const result = usable(invocation, () => readResult(raw));
  return { raw, result, versionMissing: (raw.cniVersion ?? "") === "" };
}

/** The result as the next plugin gets it. @throws CniError when it cannot be said in that version. */
export function handOn(invocation: Invocation, raw: JsonObject, version: SpecVersion): JsonObject {
  return usable(invocation, () => convertResult(raw, version));
}

function usable<T>(invocation: Invocation, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    throw badAnswer(invocation, `its result cannot be used: ${error.message}`);
  }
}

/** What VERSION answered. */
export interface VersionAnswer {
  readonly supportedVersions: readonly string[];
  /** The version that it names itself, or null. */
  readonly cniVersion: string | null;
}

/** @throws CniError when it is no version answer. */
export function versionAnswer(invocation: Invocation): VersionAnswer {
  // Plugins of 0.1.0 know no VERSION; this is how their common library refuses it.
  const ancient =
    !succeeded(invocation.output) && errorObject(invocation.output.stdout)?.msg === "unknown CNI_COMMAND: VERSION";
  if (ancient) return { supportedVersions: ["0.1.0"], cniVersion: null };
  checkSucceeded(invocation);
  const { cniVersion, supportedVersions: listed } = printedObject(invocation);
  const own = typeof cniVersion === "string" ? cniVersion : null;
  if (listed === undefined && own === "0.2.0") return { supportedVersions: ["0.1.0", "0.2.0"], cniVersion: own };
  const versions = isList(listed) ? listed.filter((version) => typeof version === "string" && isVersion(version)) : [];
  if (!isList(listed) || listed.length === 0 || versions.length !== listed.length) {
    throw badAnswer(invocation, `"supportedVersions" must be a list of at least one version such as "1.0.0"`);
  }
  return { supportedVersions: versions as string[], cniVersion: own };
}

function printedObject(invocation: Invocation): JsonObject {
  const { stdout } = invocation.output;
  if (stdout.trim() === "")
    throw badAnswer(invocation, "exit code 0 but nothing on standard output, where its answer belongs");
  let value: JsonValue;
  try {
    value = parseJson(stdout);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badAnswer(
      invocation,
      `its answer is no JSON (${error.message} at character ${error.offset}); it begins with: ${stdout.trim().slice(0, 60)}`,
    );
  }
  if (!isObject(value)) throw badAnswer(invocation, `its answer must be an object, not ${kindOf(value)}`);
  return value;
}
