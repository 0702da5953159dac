/** The sh scripts by which a profile puts what a plugin needs on nodes. */
import { EnvironmentError, printable } from "../../core/errors.ts";
import { describeFailure, type Shell, succeeded } from "../../core/shell.ts";

/** Default: none. */
export interface NodeScripts {
  /** Ran on the node of a test node, which only records it as its first step. */
  readonly setup?: string;
  /** Runs on each test node. */
  readonly prepare?: string;
}

const ADVICE: Readonly<Record<keyof NodeScripts, string>> = {
  setup: "",
  prepare: '; it runs on every test node: move what needs to run only once, such as cp, to "setup" in the profile',
};

export function scriptCommand(script: string): readonly string[] {
  return ["sh", "-ec", script];
}

/** Runs a script, unless it is empty. @throws EnvironmentError when it fails */
export async function runScript(shell: Shell, key: keyof NodeScripts, script: string): Promise<void> {
  if (script === "") return;
  const output = await shell.exec(scriptCommand(script));
  if (succeeded(output)) return;
  const failure = printable(describeFailure({ ...output, argv: ["sh"] }));
  throw new EnvironmentError(`the ${key} script: ${failure}${ADVICE[key]}`);
}
