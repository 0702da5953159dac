/** Detects results that could not be written to standard output, such as to a file on a full disk. */
import type { EventEmitter } from "node:events";
import { messageOf, printableLine } from "../../core/errors.ts";
import { EXIT } from "../exit-code.ts";

/**
 * Prints the first error of standard output, except that a reader such as `head` ended early.
 * @returns a function that turns the exit code of the command into that of the process
 */
export function watchOutput(stdout: EventEmitter): (code: number) => Promise<number> {
  let isIncomplete = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || isIncomplete) return;
    // After a failed write, the stream is destroyed, so that later writes fail with other errors.
    isIncomplete = true;
    const next = "the output is incomplete; free some space or write to another file";
    process.stderr.write(`cnibench: cannot write standard output (${printableLine(messageOf(error))}): ${next}\n`);
  });
  return async (code) => {
    await new Promise((resolve) => setImmediate(resolve)); // streams report errors after the write has returned
    return isIncomplete && code === EXIT.success ? EXIT.notMeasured : code;
  };
}
