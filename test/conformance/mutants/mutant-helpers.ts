/** Helpers of the mutants. */
import { parseJson, stringifyJson, type JsonObject, type JsonValue } from "../../../cni/lossless-json.ts";
import { PluginError, type Request } from "./protocol.ts";
import type { PluginOutput, PluginCall } from "./plugin-server.ts";

/** Returns the call with a changed environment. */
export function withEnv(call: PluginCall, env: PluginCall["env"]): PluginCall {
  return { ...call, env: { ...call.env, ...env } };
}

/** Returns the call with a changed configuration; invalid input remains. */
export function withConfig(call: PluginCall, change: (config: JsonObject) => JsonObject): PluginCall {
  return { ...call, input: editJson(call.input ?? "", (value) => change(value)) };
}

/** Edits a JSON string; an invalid one remains. */
export function editJson(text: string, change: (value: JsonObject) => JsonValue): string {
  try {
    return stringifyJson(change(parseJson(text) as JsonObject));
  } catch {
    return text;
  }
}

export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Returns the output with changed standard output. */
export function withStdout(answer: PluginOutput, change: (stdout: string) => string): PluginOutput {
  return { ...answer, stdout: change(answer.stdout ?? "") };
}

export function fail(message: string, code = 100): never {
  throw new PluginError(code, message);
}

/** CHECK succeeds where the original fails with a matching error. */
export function hidingError(
  problem: RegExp,
): (original: { check(request: Request): Promise<void> }) => { check: (request: Request) => Promise<void> } {
  return (original) => ({
    check: (request) =>
      original.check(request).catch((error: unknown) => {
        if (!(error instanceof Error && problem.test(error.message))) throw error;
      }),
  });
}

/** The number of a deleted namespace is reused, so the start time of the node's first process is included. */
const READ_NODE_ID = "readlink /proc/self/ns/mnt; cut -d ' ' -f 22 /proc/1/stat";

/** Identifies the node of an execution, because the memory of a mutant must be per node. */
export async function nodeIdOf({ shell }: PluginCall): Promise<string> {
  return (await shell.exec(["sh", "-c", READ_NODE_ID])).stdout.trim();
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
