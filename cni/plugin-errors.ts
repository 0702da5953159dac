/** Error classes for failures of plugins. Invalid input is reported as UsageError of core. */
import { EnvironmentError, messageOf, printable } from "../core/errors.ts";
import { describeFailure } from "../core/shell.ts";
import { succeeded } from "../core/shell.ts";
import { shortened } from "../core/text.ts";
import { isObject, parseJson, type JsonObject } from "./lossless-json.ts";
import type { Invocation } from "./types.ts";

/** Maximum length of plugin output in a message. */
const MAX_QUOTED_CHARS = 300;

/** The error object of a plugin (specification 1.1, section 5, Error). */
export interface CniErrorParts {
  /** null if the plugin printed no valid code. */
  readonly code: number | null;
  readonly msg: string;
  readonly details: string;
  /** The complete error object, or null if the plugin printed none. */
  readonly raw: JsonObject | null;
}

/** A plugin failed or printed invalid output. */
export class CniError extends EnvironmentError {
  override readonly name = "CniError";
  readonly code: number | null;
  readonly msg: string;
  readonly details: string;
  readonly raw: JsonObject | null;
  readonly invocation: Invocation;

  constructor(invocation: Invocation, parts: CniErrorParts) {
    const code = parts.code === null ? "" : ` with code ${parts.code}`;
    const reasons = [parts.msg, parts.details].filter((text) => text !== "").map(quoted);
    super(`plugin ${quoted(invocation.plugin)} failed ${invocation.command}${code}: ${reasons.join("; ")}`);
    this.code = parts.code;
    this.msg = parts.msg;
    this.details = parts.details;
    this.raw = parts.raw;
    this.invocation = invocation;
  }

  /** Reports whether the plugin expects the same request to succeed later (code 11). */
  get tryAgainLater(): boolean {
    return this.code === 11;
  }
}

/** Several failures of an operation that continues after the first one (GC, and DEL with `goOn`). */
export class CniErrors extends EnvironmentError {
  override readonly name = "CniErrors";
  readonly errors: readonly Error[];
  constructor(errors: readonly Error[]) {
    super(errors.map((error) => error.message).join("\n"));
    this.errors = errors;
  }
}

/**
 * Attaches the failure of the cleanup DEL to the error of its ADD and returns the same error object. Parts of the
 * attachment may remain on the node.
 */
export function withCleanup<E extends Error>(first: E, cleanup: Error): E & { readonly cleanup: Error } {
  first.message += `; the cleanup failed too, run DEL again: ${cleanup.message}`;
  return Object.assign(first, { cleanup });
}

/** Returns the error for invalid output with exit code 0. */
export function invalidOutput(invocation: Invocation, problem: string): CniError {
  return new CniError(invocation, { code: null, msg: problem, details: "", raw: null });
}

/** Returns the error for a failed plugin: its error object, else its output, else its exit status. */
function failureOf(invocation: Invocation): CniError {
  const { output } = invocation;
  const parts = output.ended === null && output.startError === null ? errorObject(output.stdout) : null;
  if (parts !== null) return new CniError(invocation, parts);
  const printed = output.exitCode !== null && output.ended === null ? output.stdout.trim() || output.stderr.trim() : "";
  const msg =
    printed === ""
      ? describeFailure(output)
      : `exit code ${output.exitCode} without an error object: ${printed.slice(0, MAX_QUOTED_CHARS)}`;
  return new CniError(invocation, { code: null, msg, details: "", raw: null });
}

/** Parses an error object. Returns null if the output contains none. */
export function errorObject(stdout: string): CniErrorParts | null {
  if (!stdout.trimStart().startsWith("{")) return null;
  let raw;
  try {
    raw = parseJson(stdout);
  } catch {
    return null;
  }
  if (!isObject(raw) || (raw.code === undefined && raw.msg === undefined)) return null;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const code = typeof raw.code === "number" && Number.isInteger(raw.code) ? raw.code : null;
  return { code, msg: text(raw.msg) || "(no message)", details: text(raw.details), raw };
}

/** @throws CniError unless the plugin succeeded */
export function checkSucceeded(invocation: Invocation): void {
  if (!succeeded(invocation.output)) throw failureOf(invocation);
}

/** Formats untrusted text on one line, safe for a terminal and truncated. */
function quoted(text: string): string {
  return shortened(printable(text).replace(/\s+/g, " ").trim(), MAX_QUOTED_CHARS);
}

/** Converts any thrown value to an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new EnvironmentError(messageOf(thrown));
}
