/** Clocks of two machines. */
import { run, type Shell } from "../core/shell.ts";

/** Of how many readings the best is taken. */
const CLOCK_READINGS = 5;

/**
 * How far the clock where a shell runs is ahead of this machine's, seconds: by the reading whose way took least. It is right to
 * half of what that took.
 */
export async function clockOffset(shell: Shell, signal: AbortSignal): Promise<number> {
  let best = { duration: Infinity, offset: 0 };
  for (let i = 0; i < CLOCK_READINGS; i++) {
    const startedAt = Date.now() / 1000;
    const read = Number(await run(shell, ["bash", "-c", "echo $EPOCHREALTIME"], { signal }));
    const took = Date.now() / 1000 - startedAt;
    if (took < best.duration) best = { duration: took, offset: read - startedAt - took / 2 };
  }
  return best.offset;
}
