/** Derives a shell from another by prefixing every command (`nsenter --net=...`). */
import type { ExecOptions, Output, Process, Shell } from "./shell.ts";

export function wrapShell(parent: Shell, name: string, prefix: readonly string[]): Shell {
  const wrapped = (argv: readonly string[]): readonly string[] => [...prefix, ...argv];
  const unwrapped = (output: Output): Output => ({ ...output, argv: output.argv.slice(prefix.length), where: name });
  return {
    name,
    exec: async (argv, options) => unwrapped(await parent.exec(wrapped(argv), options)),
    start: (argv: readonly string[], options?: ExecOptions): Process => {
      const process = parent.start(wrapped(argv), options);
      return { ...process, done: process.done.then(unwrapped) };
    },
  };
}
