/** What a benchmark tells: figures side by side, of one run on one machine. */
export interface Benchmark {
  readonly name: string;
  readonly rows: readonly (readonly [what: string, figure: string])[];
  /** What the project asks for, and whether these figures keep it. */
  readonly target: string;
  readonly met: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Milliseconds of each of `count` calls, after a tenth as many that are thrown away. */
export async function timeEach(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = -Math.ceil(count / 10); i < count; i++) {
    const start = performance.now();
    await call();
    if (i >= 0) times.push(performance.now() - start);
  }
  return times;
}

export function formatMs(value: number): string {
  return `${value.toFixed(2)} ms`;
}
