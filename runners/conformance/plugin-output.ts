/** What a plugin answered, and whether it answered as the specification wants. */
import { errorObject, type CniErrorParts } from "../../cni/errors.ts";
import { isObject, parseJson, type JsonObject } from "../../cni/json.ts";
import type { Invocation } from "../../cni/types.ts";
import { describeFailure } from "../../core/errors.ts";
import { succeeded } from "../../core/shell.ts";
import { demand } from "./clause.ts";

/** What a plugin said about its failure, else how it ended: one line. */
export function describeCall({ output, plugin, command }: Invocation): string {
  const error = errorObject(output.stdout);
  const said =
    error === null
      ? describeFailure(output)
      : `code ${error.code ?? "(none)"}: ${error.msg}${error.details && ` (${error.details})`}`;
  return `${plugin} ${command}: ${succeeded(output) ? "exit code 0" : said}`;
}

/** The JSON object that a text is, or null. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The error object that a failed execution printed, or null. */
export function reportedError(call: Invocation): CniErrorParts | null {
  return succeeded(call.output) ? null : errorObject(call.output.stdout);
}

export interface ExpectedError {
  /** Codes that fit; absent: any. Codes for wrong input exist since 1.0.0, so earlier versions are asked for none. */
  readonly codes?: readonly number[];
  /** Words that message and details must have between them. */
  readonly mentions?: readonly string[];
}

/** @throws Deviation unless the plugin refused as it must. `what` completes "... to be refused". */
export function demandRejected(call: Invocation, what: string, expected: ExpectedError = {}): void {
  demand(!succeeded(call.output), `${what} to be refused with a non-zero exit code`, "exit code 0", call);
  demand(call.output.ended === null, `${what} to be refused at once`, describeCall(call), call);
  const { codes, mentions: names = [] } = expected;
  if (codes === undefined && names.length === 0) return;
  const error = reportedError(call);
  const code = error?.code ?? null;
  if (codes !== undefined)
    demand(
      code !== null && codes.includes(code),
      `${what} to be refused with code ${codes.join(" or ")}`,
      describeCall(call),
      call,
    );
  const said = `${error?.msg ?? ""} ${error?.details ?? ""}`;
  const missing = names.filter((name) => !said.includes(name));
  demand(missing.length === 0, `the message to name ${missing.join(" and ")}`, describeCall(call), call);
}
