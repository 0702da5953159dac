/** Runs `cnibench lab` while a test uses it. */
import { startStreaming } from "../../core/local.ts";
import { PROGRAM } from "./cnibench.ts";

const ENV = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };

/**
 * Starts a lab, passes its printed lines to `use` and then closes its stdin.
 * @param entryCount number of nodes and pods to wait for; each prints a comment and a command line
 * @returns its last line of stderr
 */
export async function withLab(
  args: readonly string[],
  entryCount: number,
  use: (lines: readonly string[]) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const stream = startStreaming([...PROGRAM, "lab", ...args], { ...ENV, ...env });
  const ended = new Promise<string>((resolve) => stream.onEnd(resolve));
  let printed = "";
  const ready = new Promise<void>((resolve) => {
    stream.onData((chunk) => {
      printed += chunk.toString();
      if (printed.split("\n").length > 2 * entryCount) resolve();
    });
  });
  try {
    await Promise.race([ready, ended]);
    await use(printed.trimEnd().split("\n"));
  } finally {
    stream.closeStdin();
  }
  return ended;
}
