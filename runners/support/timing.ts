/** Times that cnibench measures itself, and the difference between the clocks of two machines. */
import { systemClock } from "../../core/clock.ts";
import { run, type Output, type Shell } from "../../core/shell.ts";

/** Readings taken; the fastest one counts. */
const CLOCK_READINGS = 5;

/**
 * Returns how far the clock of a shell's machine is ahead of this machine's clock, in seconds.
 *
 * The result comes from the reading with the shortest round trip, and its error is at most half of that round trip.
 */
export async function clockOffset(shell: Shell, signal: AbortSignal): Promise<number> {
  let best = { duration: Infinity, offset: 0 };
  for (let i = 0; i < CLOCK_READINGS; i++) {
    const startedAt = Date.now() / 1000;
    const read = Number(await run(shell, ["bash", "-c", "echo $EPOCHREALTIME"], { signal }));
    const duration = Date.now() / 1000 - startedAt;
    if (duration < best.duration) best = { duration, offset: read - startedAt - duration / 2 };
  }
  return best.offset;
}

/** Returns how long an operation took, in seconds. */
export async function secondsOf(operation: () => Promise<unknown>): Promise<number> {
  const start = systemClock.now();
  await operation();
  return systemClock.now() - start;
}

/** Stores times that cnibench measured itself in the form of a tool's output: one `name value` per line. */
export function timingOutput(machine: string, lines: readonly string[]): Output {
  const stdout = lines.map((line) => `${line}\n`).join("");
  const common = { argv: [], where: `${machine}, timed by cnibench`, stderr: "", duration: 0 };
  return { ...common, stdout, exitCode: 0, signal: null, ended: null, startError: null };
}

/** Returns the values of each name in the lines of {@link timingOutput}. */
export function namedValues(text: string): ReadonlyMap<string, readonly number[]> {
  const values = new Map<string, number[]>();
  for (const line of text.split("\n")) {
    const [name = "", ...numbers] = line.split(" ");
    if (numbers.length === 0) continue;
    const known = values.get(name) ?? [];
    known.push(...numbers.map(Number));
    values.set(name, known);
  }
  return values;
}

/** Returns the values of a name. @throws Error if there are none */
export function valuesOfName(values: ReadonlyMap<string, readonly number[]>, name: string): readonly number[] {
  const found = values.get(name);
  if (found === undefined) throw new Error(`no line with ${name}`);
  return found;
}
