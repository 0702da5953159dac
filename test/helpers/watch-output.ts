/** Orders the steps of a test by the output of its processes instead of by time. */
import type { Shell } from "../../core/shell.ts";

export interface WatchedShell {
  readonly shell: Shell;
  /** Resolves with the output of all processes that were started, once it contains a text. */
  readonly printed: (text: string) => Promise<string>;
}

/** Returns the shell, and the standard output of the processes that it starts. */
export function watchOutput(shell: Shell): WatchedShell {
  let output = "";
  const waiting: (() => void)[] = [];
  const onStdout = (chunk: Uint8Array): void => {
    output += Buffer.from(chunk).toString();
    waiting.splice(0).forEach((check) => check());
  };
  const printed = async (text: string): Promise<string> => {
    while (!output.includes(text)) await new Promise<void>((resolve) => void waiting.push(resolve));
    return output;
  };
  const start: Shell["start"] = (argv, options) => shell.start(argv, { ...options, onStdout });
  return { shell: { name: shell.name, exec: (argv, options) => shell.exec(argv, options), start }, printed };
}
