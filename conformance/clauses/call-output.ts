/**
 * Reads the output of a plugin call and checks that the plugin rejected invalid input as the specification demands.
 */
import {
  type CniErrorParts,
  errorObject,
  type Invocation,
  isObject,
  type JsonObject,
  parseJson,
} from "../../cni/index.ts";
import { describeFailure } from "../../core/shell.ts";
import { succeeded } from "../../core/shell.ts";
import { demand } from "./demand.ts";

/** One line: the error that the plugin reported, or how the process ended. */
export function describeCall({ output, plugin, command }: Invocation): string {
  const error = errorObject(output.stdout);
  const failure =
    error === null
      ? describeFailure(output)
      : `code ${error.code ?? "(none)"}: ${error.msg}${error.details && ` (${error.details})`}`;
  return `${plugin} ${command}: ${succeeded(output) ? "exit code 0" : failure}`;
}

/** Why the output of a successful call is not a result: what it printed instead. */
export function describeNoObject({ output, plugin, command }: Invocation): string {
  const quoted = (text: string, length: number): string => text.trim().replace(/\s+/g, " ").slice(0, length);
  const [stdout, stderr] = [quoted(output.stdout, 60), quoted(output.stderr, 200)];
  const printed = stdout ? `"${stdout}", which is not a JSON object` : "nothing";
  const diagnosis = stderr && `; on standard error "${stderr}"`;
  return `${plugin} ${command} exits with code 0 and prints ${printed}${diagnosis}`;
}

/** Parses a JSON object; null if the string is not one. */
export function parseObject(json: string): JsonObject | null {
  try {
    const value = parseJson(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The error object that a failed call printed, or null. */
export function reportedError(call: Invocation): CniErrorParts | null {
  return succeeded(call.output) ? null : errorObject(call.output.stdout);
}

export interface ExpectedError {
  /** Valid error codes. Default: any, since versions before 1.0.0 define none for invalid input. */
  readonly codes?: readonly number[];
  /** Strings that `msg` and `details` together must contain. */
  readonly mentions?: readonly string[];
}

/**
 * @param input completes "<input> to be rejected"
 * @throws Deviation unless the plugin rejected the input with the expected error
 */
export function demandRejected(call: Invocation, input: string, expected: ExpectedError = {}): void {
  demand(!succeeded(call.output), `${input} to be rejected with a non-zero exit code`, "exit code 0", call);
  demand(call.output.ended === null, `${input} to be rejected without delay`, describeCall(call), call);
  const error = reportedError(call);
  demandCode(call, error?.code ?? null, input, expected.codes);
  const reported = `${error?.msg ?? ""} ${error?.details ?? ""}`;
  const missing = (expected.mentions ?? []).filter((mention) => !reported.includes(mention));
  demand(missing.length === 0, `the message to name ${missing.join(" and ")}`, describeCall(call), call);
}

function demandCode(call: Invocation, code: number | null, input: string, codes: readonly number[] | undefined): void {
  if (codes === undefined) return;
  const expected = `${input} to be rejected with code ${codes.join(" or ")}`;
  demand(code !== null && codes.includes(code), expected, describeCall(call), call);
}
