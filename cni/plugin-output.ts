/** Parses the standard output of a plugin after a success (specification 1.1, section 5). */
import { succeeded } from "../core/shell.ts";
import { convertResult } from "./convert.ts";
import { CniError, invalidOutput, checkSucceeded, errorObject } from "./plugin-errors.ts";
import {
  JsonSyntaxError,
  isList,
  isObject,
  typeName,
  parseJson,
  type JsonObject,
  type JsonValue,
} from "./lossless-json.ts";
import { ResultError, readResult } from "./result.ts";
import type { CniResult, Invocation } from "./types.ts";
import { isVersion, type SpecVersion } from "./spec-versions.ts";

/** The output of an ADD that exited with code 0. */
export interface AddOutput {
  /** The result as printed. */
  readonly raw: JsonObject;
  readonly result: CniResult;
  /** The result has no cniVersion, so the version of the request is assumed. */
  readonly versionMissing: boolean;
}

/** Parses the result of ADD. @throws CniError if the output is not a valid result */
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

/** Returns a result as `prevResult` of the next plugin. @throws CniError if that version cannot represent it */
export function toPrevResult(invocation: Invocation, raw: JsonObject, version: SpecVersion): JsonObject {
  return wrapResultError(invocation, () => convertResult(raw, version));
}

function wrapResultError<T>(invocation: Invocation, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    throw invalidOutput(invocation, `invalid result: ${error.message}`);
  }
}

/** The output of VERSION. */
export interface VersionOutput {
  readonly supportedVersions: readonly string[];
  /** `cniVersion` of the output, or null. */
  readonly cniVersion: string | null;
}

/** Parses the output of VERSION. @throws CniError if it is invalid */
export function parseVersionOutput(invocation: Invocation): VersionOutput {
  // Plugins of version 0.1.0 do not support VERSION; this is the error of their common library.
  const predatesVersion =
    !succeeded(invocation.output) && errorObject(invocation.output.stdout)?.msg === "unknown CNI_COMMAND: VERSION";
  if (predatesVersion) return { supportedVersions: ["0.1.0"], cniVersion: null };
  checkSucceeded(invocation);
  const { cniVersion, supportedVersions: listed } = printedObject(invocation);
  const stated = typeof cniVersion === "string" ? cniVersion : null;
  if (listed === undefined && stated === "0.2.0") return { supportedVersions: ["0.1.0", "0.2.0"], cniVersion: stated };
  const versions = isList(listed) ? listed.filter((version) => typeof version === "string" && isVersion(version)) : [];
  if (!isList(listed) || listed.length === 0 || versions.length !== listed.length) {
    throw invalidOutput(invocation, `"supportedVersions" must be a non-empty list of versions such as "1.0.0"`);
  }
  return { supportedVersions: versions as string[], cniVersion: stated };
}

function printedObject(invocation: Invocation): JsonObject {
  const { stdout } = invocation.output;
  if (stdout.trim() === "") throw invalidOutput(invocation, "exit code 0 but no result on standard output");
  let value: JsonValue;
  try {
    value = parseJson(stdout);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw invalidOutput(
      invocation,
      `invalid JSON on standard output (${error.message} at character ${error.offset}): ${stdout.trim().slice(0, 60)}`,
    );
  }
  if (!isObject(value)) throw invalidOutput(invocation, `standard output must be an object, not ${typeName(value)}`);
  return value;
}
