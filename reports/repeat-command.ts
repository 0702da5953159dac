/** The command that measures a part of a run again, on the same plugins and in the same order. */
import { quoteArgv } from "../core/text.ts";
import type { RunFile } from "../results/index.ts";
import type { Figure } from "./questions.ts";

/** Options with a value that belong to the stored run, or that the command sets. */
const OMITTED = [
  ...["--out", "--only", "--resume", "--seed", "--report"],
  // Of the gate, which compares with another run.
  ...["--confirm", "--base-bin-dir", "--fail-on", "--known", "--threshold"],
];

/** Returns the command of the run, limited to the cells of a figure on all paths. */
export function repeatCommand(
  { command, seed }: RunFile,
  { suite, scenario, metric }: Omit<Figure, "questions">,
): string {
  const kept = command.filter((argument, index) => {
    const before = command[index - 1] ?? "";
    return !isOmitted(argument) && !OMITTED.includes(before);
  });
  return quoteArgv([...kept, "--only", `${suite}/${scenario}/*/*/*/${metric}`, "--seed", String(seed)]);
}

function isOmitted(argument: string): boolean {
  return OMITTED.some((option) => argument === option || argument.startsWith(`${option}=`));
}
