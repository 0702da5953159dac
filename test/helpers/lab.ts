/** Runs `cnibench lab` while a test uses it. */
import { startStreaming } from "../../core/local.ts";
import { PROGRAM } from "./cnibench.ts";

const ENV = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };

/** The last line that a lab prints on standard output. */
export const PATH_LINE = /^PATH=(\S+):\$PATH  # .*\n/m;

/**
 * Starts a lab, passes its printed lines and the directory of its commands to `use` and then closes its stdin.
 * @returns its last line of stderr
 */
export async function withLab(
  args: readonly string[],
  use: (lines: readonly string[], commandDir: string) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const stream = startStreaming([...PROGRAM, "lab", ...args], { ...ENV, ...env });
  const ended = new Promise<string>((resolve) => stream.onEnd(resolve));
  let printed = "";
  const ready = new Promise<void>((resolve) => {
    stream.onData((chunk) => {
      printed += chunk.toString();
      if (PATH_LINE.test(printed)) resolve();
    });
  });
  try {
    await Promise.race([ready, ended]);
    await use(printed.trimEnd().split("\n"), PATH_LINE.exec(printed)?.[1] ?? "");
  } finally {
    stream.closeStdin();
  }
  return ended;
}
