/**
 * CPU time by mode, all cores of a node, from /proc/stat (proc_stat(5)) over an exact window.
 *
 * A small bash loop on the node notes the counters every 100 ms without starting a process; the window is cut out of the
 * notes afterwards by linear interpolation, so that warm-up, connection set-up and the exchange of results stay outside.
 */
import { CommandError } from "../core/errors.ts";
import { at, numberAt, tryParse } from "../core/json.ts";
import { succeeded, type Output, type Shell } from "../core/shell.ts";

/** Counters of /proc/stat are in ticks of 1/100 s on every architecture (USER_HZ). */
const TICK = 0.01;
const MODES = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] as const;
type Mode = (typeof MODES)[number];

/** Closing its input ends it, after one more note: the window must lie between two. */
const SAMPLER = `
note() { read -r line </proc/stat; printf '%s %s\\n' "$EPOCHREALTIME" "$line"; }
while note; do
  read -r -t 0.1
  [ $? -gt 128 ] || break
done
note`;

/** Cores busy in each mode, averaged over a window. */
export interface CpuUsage {
  readonly user: number;
  readonly system: number;
  /** Hardware and software interrupts: where packets are handled. */
  readonly softirq: number;
  readonly steal: number;
  /** Everything but idle, waiting for disks, and steal. */
  readonly busy: number;
}

export interface CpuSample {
  /** Seconds since the epoch, the node's clock. */
  readonly at: number;
  /** Seconds spent in each mode since boot, all cores. */
  readonly spent: Readonly<Record<Mode, number>>;
}

export interface CpuSampler {
  /** What it noted: text for {@link parseSamples}. @throws CommandError when the node could not be read. */
  stop(): Promise<Output>;
}

export function startCpuSampler(node: Shell): CpuSampler {
  const process = node.start(["bash", "-c", SAMPLER], { timeout: 3600 });
  return {
    stop: async () => {
      process.closeStdin();
      const output = await process.done;
      if (!succeeded(output)) throw new CommandError(output);
      return output;
    },
  };
}

export function parseSamples(text: string): CpuSample[] {
  return text.split("\n").flatMap((line): CpuSample[] => {
    const [at = "", label, ...counters] = line.split(/\s+/);
    if (label !== "cpu" || counters.length < MODES.length) return [];
    const spent = Object.fromEntries(MODES.map((mode, i) => [mode, Number(counters[i]) * TICK])) as Record<Mode, number>;
    return [{ at: Number(at), spent }];
  });
}

/** Usage between two moments (seconds since the epoch), or null when the samples do not reach that far. */
export function usageBetween(samples: readonly CpuSample[], from: number, to: number): CpuUsage | null {
  const start = interpolate(samples, from);
  const end = interpolate(samples, to);
  if (start === null || end === null || to <= from) return null;
  const cores = (mode: Mode): number => (end[mode] - start[mode]) / (to - from);
  const user = cores("user") + cores("nice");
  const softirq = cores("softirq") + cores("irq");
  return { user, system: cores("system"), softirq, steal: cores("steal"), busy: user + cores("system") + softirq };
}

/** Usage over everything that was sampled. */
export function usageOf(samples: readonly CpuSample[]): CpuUsage | null {
  const [first, last] = [samples[0], samples.at(-1)];
  return first === undefined || last === undefined ? null : usageBetween(samples, first.at, last.at);
}

/** When a load ran, seconds since the epoch by the node's clock, and what the machine did before it; null: not collected. */
export interface LoadWindow {
  readonly from: number;
  readonly to: number;
  readonly idle: CpuUsage | null;
}

/**
 * How far the node's clock is ahead of this machine's, as far as the last note shows it: that was made between the moment the
 * sampler was `asked` to stop and the one in which it had `answered` (seconds since the epoch). 0 when the clocks may agree.
 */
export function clockShift(samples: readonly CpuSample[], asked: number, answered: number): number {
  const noted = samples.at(-1)?.at ?? asked;
  return noted - Math.min(Math.max(noted, asked), answered);
}

/** The notes of a sampler with the window of the load: all that {@link loadUsage} needs, and what is kept as evidence. */
export function withWindow(notes: string, window: LoadWindow): string {
  return `${JSON.stringify(window)}\n${notes}`;
}

/** What a load added to the idle machine, from the text of {@link withWindow}; null: not collected. */
export function loadUsage(text: string): CpuUsage | null {
  const window = tryParse(text.split("\n", 1)[0] ?? "");
  const [from, to, idle] = [numberAt(window, "from"), numberAt(window, "to"), at(window, "idle") as CpuUsage | null];
  const busy = from === null || to === null ? null : usageBetween(parseSamples(text), from, to);
  return busy === null || idle === null ? null : aboveIdle(busy, idle);
}

/** What the load added to an idle machine; never below zero. */
export function aboveIdle(load: CpuUsage, idle: CpuUsage): CpuUsage {
  const less = (key: keyof CpuUsage): number => Math.max(0, load[key] - idle[key]);
  return { user: less("user"), system: less("system"), softirq: less("softirq"), steal: load.steal, busy: less("busy") };
}

function interpolate(samples: readonly CpuSample[], at: number): Record<Mode, number> | null {
  const next = samples.findIndex((sample) => sample.at >= at);
  const after = samples[next];
  if (after === undefined) return null;
  const before = samples[next - 1] ?? after;
  if (before === after && after.at > at) return null;
  const share = after === before ? 0 : (at - before.at) / (after.at - before.at);
  const value = (mode: Mode): number => before.spent[mode] + share * (after.spent[mode] - before.spent[mode]);
  return Object.fromEntries(MODES.map((mode) => [mode, value(mode)])) as Record<Mode, number>;
}
