import type { Output } from "../../core/shell.ts";

/** Stores times that cnibench measured itself in the form of a tool's output: one `name value` per line. */
export function timingOutput(machine: string, lines: readonly string[]): Output {
  const stdout = lines.map((line) => `${line}\n`).join("");
  const common = { argv: [], where: `${machine}, timed by cnibench`, stderr: "", duration: 0 };
  return { ...common, stdout, exitCode: 0, signal: null, ended: null, startError: null };
}
