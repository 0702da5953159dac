/** How the runtime fails. Wrong input is a UsageError of core; what plugins and the store do wrong is here. */
import { EnvironmentError, describeFailure, messageOf, printable } from "../core/errors.ts";
import { succeeded } from "../core/shell.ts";
import { isObject, parseJson, type JsonObject } from "./json.ts";
import type { Invocation } from "./types.ts";

/** Characters of a plugin's own words that a message repeats. */
const MAX_QUOTED_CHARS = 300;

/** What a plugin said about its failure (specification 1.1, section 5, Error). */
export interface CniErrorParts {
  /** null when the plugin gave none. */
  readonly code: number | null;
  readonly msg: string;
  readonly details: string;
  /** The whole error object, or null when it printed none. */
  readonly raw: JsonObject | null;
}

/** A plugin failed, or answered what cannot be used. */
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

  /** The plugin expects the same request to succeed later (code 11). */
  get tryAgainLater(): boolean {
    return this.code === 11;
  }
}

/** Several failures of one operation that goes on after the first (GC, and DEL where it is asked to). */
export class CniErrors extends EnvironmentError {
  override readonly name = "CniErrors";
  readonly errors: readonly Error[];
  constructor(errors: readonly Error[]) {
    super(errors.map((error) => error.message).join("\n"));
    this.errors = errors;
  }
}

/**
 * The first error of an ADD whose DEL failed too: the same object, its class and code kept, with the failure attached.
 * Something of the attachment may be left on the node.
 */
export function withCleanup<E extends Error>(first: E, cleanup: Error): E & { readonly cleanup: Error } {
  first.message += `; the DEL after it failed too, so run DEL again: ${cleanup.message}`;
  return Object.assign(first, { cleanup });
}

/** An answer with exit code 0 that cannot be used. */
export function invalidOutput(invocation: Invocation, problem: string): CniError {
  return new CniError(invocation, { code: null, msg: problem, details: "", raw: null });
}

/** The error of a plugin that did not succeed: its error object, else its words, else how it ended. */
export function failureOf(invocation: Invocation): CniError {
  const { output } = invocation;
  const parts = output.ended === null && output.startError === null ? errorObject(output.stdout) : null;
  if (parts !== null) return new CniError(invocation, parts);
  const printed = output.exitCode !== null && output.ended === null ? output.stdout.trim() || output.stderr.trim() : "";
  const msg =
    printed === ""
      ? describeFailure(output)
      : `exit code ${output.exitCode}, and no error object but: ${printed.slice(0, MAX_QUOTED_CHARS)}`;
  return new CniError(invocation, { code: null, msg, details: "", raw: null });
}

/** Reads an error object; null when the text holds none. */
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

/** @throws CniError unless the plugin succeeded. */
export function checkSucceeded(invocation: Invocation): void {
  if (!succeeded(invocation.output)) throw failureOf(invocation);
}

/** Foreign words on one line, harmless for a terminal, bounded. */
function quoted(text: string): string {
  const line = printable(text).replace(/\s+/g, " ").trim();
  return line.length > MAX_QUOTED_CHARS ? `${line.slice(0, MAX_QUOTED_CHARS)}...` : line;
}

/** Anything that was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new EnvironmentError(messageOf(thrown));
}
