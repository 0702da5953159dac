/** Understanding what a plugin printed after a success (specification 1.1, section 5). */
import { succeeded } from "../core/shell.ts";
import { convertResult } from "./convert.ts";
import { CniError, invalidOutput, checkSucceeded, errorObject } from "./errors.ts";
import { JsonSyntaxError, isList, isObject, typeName, parseJson, type JsonObject, type JsonValue } from "./json.ts";
import { ResultError, readResult } from "./result.ts";
import type { CniResult, Invocation } from "./types.ts";
import { isVersion, type SpecVersion } from "./version.ts";

/** The result of an ADD that ended with exit code 0. */
export interface AddOutput {
  /** As printed. */
  readonly raw: JsonObject;
  readonly result: CniResult;
  /** It names no version, so the request's is taken. */
  readonly versionMissing: boolean;
}

/** @throws CniError when it is no result. */
export function parseAddOutput(invocation: Invocation): AddOutput {
  const raw = printedObject(invocation);
  const unexpectedError = errorObject(invocation.output.stdout);
  if (unexpectedError !== null)
    throw new CniError(invocation, {
      ...unexpectedError,
      msg: `exit code 0 with an error object: ${unexpectedError.msg}`,
    });
  const result = wrapResultError(invocation, () => readResult(raw));
  return { raw, result, versionMissing: (raw.cniVersion ?? "") === "" };
}

/** The result as the next plugin gets it. @throws CniError when it cannot be said in that version. */
export function toPrevResult(invocation: Invocation, raw: JsonObject, version: SpecVersion): JsonObject {
  return wrapResultError(invocation, () => convertResult(raw, version));
}

function wrapResultError<T>(invocation: Invocation, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    throw invalidOutput(invocation, `its result cannot be used: ${error.message}`);
  }
}

/** What VERSION answered. */
export interface VersionOutput {
  readonly supportedVersions: readonly string[];
  /** The version that it names itself, or null. */
  readonly cniVersion: string | null;
}

/** @throws CniError when it is no version answer. */
export function parseVersionOutput(invocation: Invocation): VersionOutput {
  // Plugins of 0.1.0 know no VERSION; this is how their common library refuses it.
  const predatesVersion =
    !succeeded(invocation.output) && errorObject(invocation.output.stdout)?.msg === "unknown CNI_COMMAND: VERSION";
  if (predatesVersion) return { supportedVersions: ["0.1.0"], cniVersion: null };
  checkSucceeded(invocation);
  const { cniVersion, supportedVersions: listed } = printedObject(invocation);
  const stated = typeof cniVersion === "string" ? cniVersion : null;
  if (listed === undefined && stated === "0.2.0") return { supportedVersions: ["0.1.0", "0.2.0"], cniVersion: stated };
  const versions = isList(listed) ? listed.filter((version) => typeof version === "string" && isVersion(version)) : [];
  if (!isList(listed) || listed.length === 0 || versions.length !== listed.length) {
    throw invalidOutput(invocation, `"supportedVersions" must be a list of at least one version such as "1.0.0"`);
  }
  return { supportedVersions: versions as string[], cniVersion: stated };
}

function printedObject(invocation: Invocation): JsonObject {
  const { stdout } = invocation.output;
  if (stdout.trim() === "")
    throw invalidOutput(invocation, "exit code 0 but nothing on standard output, where its answer belongs");
  let value: JsonValue;
  try {
    value = parseJson(stdout);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw invalidOutput(
      invocation,
      `its answer is no JSON (${error.message} at character ${error.offset}); it begins with: ${stdout.trim().slice(0, 60)}`,
    );
  }
  if (!isObject(value)) throw invalidOutput(invocation, `its answer must be an object, not ${typeName(value)}`);
  return value;
}
