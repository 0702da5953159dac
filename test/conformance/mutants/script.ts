/** Runs commands for the correct plugins. */
import type { Shell } from "../../../core/shell.ts";
import { PluginError } from "./protocol.ts";

/** Runs an sh script. @returns the lines of its output @throws PluginError with its output if it fails */
export async function runScript(shell: Shell, text: string, ...args: readonly string[]): Promise<string[]> {
  const { exitCode, stdout } = await shell.exec(["sh", "-ec", `exec 2>&1\n${text}`, "sh", ...args]);
  if (exitCode !== 0) throw new PluginError(110, "a command failed", stdout.trim());
  return stdout.split("\n").filter((line) => line !== "");
}
