/** Asks the user a yes/no question on the terminal. */
import { createInterface } from "node:readline/promises";

/**
 * Prints the question with `[Y/n]` or `[y/N]` and reads the answer.
 * @param byDefault the answer of an empty line
 * @returns null without a terminal
 */
export async function confirm(question: string, byDefault: boolean, signal: AbortSignal): Promise<boolean | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} ${byDefault ? "[Y/n]" : "[y/N]"} `, { signal });
    return isYes(answer, byDefault);
  } finally {
    terminal.close();
  }
}

/** Interprets an answer: anything but yes is a no. Pure. */
export function isYes(answer: string, byDefault: boolean): boolean {
  return answer.trim() === "" ? byDefault : /^(y|yes)$/i.test(answer.trim());
}
