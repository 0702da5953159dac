/** Small things that several mutants do. */
import { parseJson, stringifyJson, type JsonObject, type JsonValue } from "../../../../cni/json.ts";
import { Refusal } from "./protocol.ts";
import type { Answer, Call } from "./stub.ts";

/** The call with other parameters. */
export function withEnv(call: Call, env: Call["env"]): Call {
  return { ...call, env: { ...call.env, ...env } };
}

/** The call with another configuration; an input that is none stays. */
export function withConfig(call: Call, change: (config: JsonObject) => JsonObject): Call {
  return { ...call, input: edited(call.input ?? "", (value) => change(value)) };
}

/** JSON text, changed; a text that is none stays. */
export function edited(text: string, change: (value: JsonObject) => JsonValue): string {
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
export function saying(answer: Answer, change: (stdout: string) => string): Answer {
  return { ...answer, stdout: change(answer.stdout ?? "") };
}

export function refuse(message: string, code = 100): never {
  throw new Refusal(code, message);
}

/** The number of a namespace is given again when it is gone; when the node's first process began tells it from those before. */
const NODE = "readlink /proc/self/ns/mnt; cut -d ' ' -f 22 /proc/1/stat";

/** Which of the nodes an execution is on: what a mutant remembers is of one node only. */
export async function nodeOf({ shell }: Call): Promise<string> {
  return (await shell.exec(["sh", "-c", NODE])).stdout.trim();
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
