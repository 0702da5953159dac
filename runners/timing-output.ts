import type { Output } from "../core/shell.ts";

/** What cnibench's own clock measured, to be kept beside the numbers like the output of a tool: one `name value` a line. */
export function timingOutput(machine: string, lines: readonly string[]): Output {
  const stdout = lines.map((line) => `${line}\n`).join("");
  const common = { argv: [], where: `${machine}, timed by cnibench`, stderr: "", duration: 0 };
  return { ...common, stdout, exitCode: 0, signal: null, ended: null, startError: null };
}
