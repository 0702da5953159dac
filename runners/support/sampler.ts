/**
 * Samples kernel counters on a node while a load runs.
 *
 * A small bash loop reads the first line of files in /proc every 100 ms without starting a process. The exact window
 * is computed from the readings by linear interpolation, which excludes warm-up, connection setup and the exchange of
 * results.
 */
import { numberAt, tryParse } from "../../core/untrusted-json.ts";
import { succeeded, type Output, type Shell, CommandError } from "../../core/shell.ts";

/**
 * Expands patterns at each reading, skips its own process and missing files. Exits when its stdin is closed, after a
 * final reading that covers the end of the window.
 */
const SAMPLER_SCRIPT = `
sample() {
  now=$EPOCHREALTIME
  for file in $*; do
    [ "$file" = "/proc/$$/stat" ] || { read -r line <"$file" && printf '%s %s\\n' "$now" "$line"; } 2>/dev/null
  done
}
while :; do
  sample "$@"
  read -r -t 0.1
  [ $? -gt 128 ] || break
done
sample "$@"
:`;

export interface Sampler {
  /** Returns its output for {@link parseReadings}. @throws CommandError if it could not run. */
  stop(): Promise<Output>;
}

/** Starts a sampler that reads the first line of each file. @param files paths or patterns of sh, without spaces */
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

/** A line of a file and when it was read, in seconds since the epoch by the node's clock. */
interface Reading {
  readonly at: number;
  readonly line: string;
}

export function parseReadings(text: string): Reading[] {
  return text.split("\n").flatMap((row): Reading[] => {
    const [, at, line = ""] = /^(\d+[.,]\d+) (.*)$/.exec(row) ?? [];
    return at === undefined ? [] : [{ at: Number(at.replace(",", ".")), line }];
  });
}

/** CPU time in seconds, by consumer, spent until a point in time. */
export interface Sample<K extends string> {
  readonly at: number;
  readonly spent: Readonly<Record<K, number>>;
}

/** Returns the cores in use between two times (seconds since the epoch), or null if the samples do not cover them. */
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
 * Returns the minimum offset of the node's clock from this machine's clock, in seconds (negative: behind; 0 if
 * the clocks may agree).
 *
 * The last reading was taken between the stop request and its confirmation, both in seconds since the epoch.
 */
export function clockShift(
  readings: readonly { readonly at: number }[],
  stopRequested: number,
  stopConfirmed: number,
): number {
  const lastReading = readings.at(-1)?.at ?? stopRequested;
  return lastReading - Math.min(Math.max(lastReading, stopRequested), stopConfirmed);
}

/** When a load ran, in seconds since the epoch by the clock of the sampled node. */
export interface LoadWindow {
  readonly from: number;
  readonly to: number;
}

/** Returns the stored evidence: a JSON line with the load's window and other facts, followed by the readings. */
export function withWindow<W extends LoadWindow>(readings: string, window: W): string {
  return `${JSON.stringify(window)}\n${readings}`;
}

/** Returns the first line of such evidence and its window, or null if it has none. */
export function windowOf(text: string): (LoadWindow & { readonly head: unknown }) | null {
  const head = tryParse(text.split("\n", 1)[0] ?? "");
  const [from, to] = [numberAt(head, "from"), numberAt(head, "to")];
  return from === null || to === null ? null : { from, to, head };
}
