/**
 * Counters of the kernel, noted on a node while a load runs.
 *
 * A small bash loop notes the first line of files of /proc every 100 ms without starting a process; the window is cut out of
 * the notes afterwards by linear interpolation, so that warm-up, connection set-up and the exchange of results stay outside.
 */
import { CommandError } from "../core/errors.ts";
import { numberAt, tryParse } from "../core/json.ts";
import { succeeded, type Output, type Shell } from "../core/shell.ts";

/** Seconds: counters of CPU time are in ticks of 1/100 s on every architecture (USER_HZ). */
export const TICK_S = 0.01;

/** Closing its input ends it, after one more note: the window must lie between two. A file that is gone has no line. */
const SAMPLER_SCRIPT = `
note() {
  now=$EPOCHREALTIME
  for file; do { read -r line <"$file" && printf '%s %s\\n' "$now" "$line"; } 2>/dev/null; done
}
while :; do
  note "$@"
  read -r -t 0.1
  [ $? -gt 128 ] || break
done
note "$@"
:`;

export interface Sampler {
  /** What it noted: text for {@link parseReadings}. @throws CommandError when it could not run. */
  stop(): Promise<Output>;
}

/** @param files whose first lines are noted */
export function startSampler(node: Shell, files: readonly string[]): Sampler {
  const process = node.start(["bash", "-c", SAMPLER_SCRIPT, "bash", ...files], { timeout: 3600 });
  return {
    stop: async () => {
      process.closeStdin();
      const output = await process.done;
      if (!succeeded(output)) throw new CommandError(output);
      return output;
    },
  };
}

/** A line of a file, and when it was read: seconds since the epoch, the node's clock. */
export interface Reading {
  readonly at: number;
  readonly line: string;
}

export function parseReadings(text: string): Reading[] {
  return text.split("\n").flatMap((row): Reading[] => {
    const [, at, line = ""] = /^(\d+[.,]\d+) (.*)$/.exec(row) ?? [];
    return at === undefined ? [] : [{ at: Number(at.replace(",", ".")), line }];
  });
}

/** CPU time that had been spent at a moment, in seconds, by what spent it. */
export interface Sample<K extends string> {
  readonly at: number;
  readonly spent: Readonly<Record<K, number>>;
}

/** Cores in use between two moments (seconds since the epoch), or null when the samples do not reach that far. */
export function coresBetween<K extends string>(
  samples: readonly Sample<K>[],
  from: number,
  to: number,
): Record<K, number> | null {
  const [start, end] = [interpolate(samples, from), interpolate(samples, to)];
  if (start === null || end === null || to <= from) return null;
  const cores = Object.keys(end).map((key) => [key, (end[key as K] - start[key as K]) / (to - from)]);
  return Object.fromEntries(cores) as Record<K, number>;
}

function interpolate<K extends string>(samples: readonly Sample<K>[], at: number): Readonly<Record<K, number>> | null {
  const next = samples.findIndex((sample) => sample.at >= at);
  const after = samples[next];
  if (after === undefined) return null;
  const before = samples[next - 1] ?? after;
  if (before === after) return after.at > at ? null : after.spent;
  const fraction = (at - before.at) / (after.at - before.at);
  const values = Object.keys(after.spent).map((key) => [
    key,
    before.spent[key as K] + fraction * (after.spent[key as K] - before.spent[key as K]),
  ]);
  return Object.fromEntries(values) as Record<K, number>;
}

/**
 * How far the node's clock is ahead of this machine's, as far as the last note shows it: that was made between the moment the
 * sampler was `asked` to stop and the one in which it had `answered` (seconds since the epoch). 0 when the clocks may agree.
 */
export function clockShift(
  readings: readonly { readonly at: number }[],
  stopRequested: number,
  stopConfirmed: number,
): number {
  const lastReading = readings.at(-1)?.at ?? stopRequested;
  return lastReading - Math.min(Math.max(lastReading, stopRequested), stopConfirmed);
}

/** When a load ran, seconds since the epoch by the clock of the node that the notes are from. */
export interface LoadWindow {
  readonly from: number;
  readonly to: number;
}

/** Notes with the window of the load and what else it takes to read them: what is kept as evidence. */
export function withWindow<W extends LoadWindow>(readings: string, window: W): string {
  return `${JSON.stringify(window)}\n${readings}`;
}

/** The head of such a text, and its window; null when it has none. */
export function windowOf(text: string): (LoadWindow & { readonly head: unknown }) | null {
  const head = tryParse(text.split("\n", 1)[0] ?? "");
  const [from, to] = [numberAt(head, "from"), numberAt(head, "to")];
  return from === null || to === null ? null : { from, to, head };
}
