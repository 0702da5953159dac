/** Small things that several mutants do. */
import { parseJson, stringifyJson, type JsonObject, type JsonValue } from "../../../../cni/json.ts";
import { PluginError } from "./protocol.ts";
import type { PluginOutput, PluginCall } from "./plugin-server.ts";

/** The call with other parameters. */
export function withEnv(call: PluginCall, env: PluginCall["env"]): PluginCall {
  return { ...call, env: { ...call.env, ...env } };
}

/** The call with another configuration; an input that is none stays. */
export function withConfig(call: PluginCall, change: (config: JsonObject) => JsonObject): PluginCall {
  return { ...call, input: editJson(call.input ?? "", (value) => change(value)) };
}

/** JSON text, changed; a text that is none stays. */
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

/** The answer with other words on standard output. */
export function withStdout(answer: PluginOutput, change: (stdout: string) => string): PluginOutput {
  return { ...answer, stdout: change(answer.stdout ?? "") };
}

export function fail(message: string, code = 100): never {
  throw new PluginError(code, message);
}

/** The number of a namespace is given again when it is gone; when the node's first process began tells it from those before. */
const READ_NODE_ID = "readlink /proc/self/ns/mnt; cut -d ' ' -f 22 /proc/1/stat";

/** Which of the nodes an execution is on: what a mutant remembers is of one node only. */
export async function nodeIdOf({ shell }: PluginCall): Promise<string> {
  return (await shell.exec(["sh", "-c", READ_NODE_ID])).stdout.trim();
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
