/** Clocks of two machines. */
import { run, type Shell } from "../core/shell.ts";

/** Of how many readings the best is taken. */
const READINGS = 5;

/**
 * How far the clock where a shell runs is ahead of this machine's, seconds: by the reading whose way took least. It is right to
 * half of what that took.
 */
export async function clockOffset(shell: Shell, signal: AbortSignal): Promise<number> {
  let best = { took: Infinity, offset: 0 };
  for (let i = 0; i < READINGS; i++) {
    const asked = Date.now() / 1000;
    const read = Number(await run(shell, ["bash", "-c", "echo $EPOCHREALTIME"], { signal }));
    const took = Date.now() / 1000 - asked;
    if (took < best.took) best = { took, offset: read - asked - took / 2 };
  }
  return best.offset;
}
