/** SI values as a person reads them. Inside cnibench everything is bit/s, s, B, 1/s; only here are there Gbit/s and µs. */
import type { Better, MetricName } from "../core/model.ts";
import type { SummaryCell } from "../results/summary.ts";

/** A unit with its prefix: shown value = value / factor. */
export interface Scale {
  readonly factor: number;
  readonly unit: string;
  /** Digits after the point; not given: as many as the value or its interval asks for. */
  readonly decimals?: number;
}

const SCALES: Readonly<Record<string, readonly Scale[]>> = {
  "bit/s": [
    { factor: 1e9, unit: "Gbit/s" },
    { factor: 1e6, unit: "Mbit/s" },
    { factor: 1e3, unit: "kbit/s" },
    { factor: 1, unit: "bit/s" },
  ],
  s: [
    { factor: 1, unit: "s" },
    { factor: 1e-3, unit: "ms" },
    { factor: 1e-6, unit: "µs" },
    { factor: 1e-9, unit: "ns" },
  ],
  "1/s": [{ factor: 1, unit: "per s" }],
  // An MTU is known by its bytes: 1500 B, never 1.5 kB.
  B: [
    { factor: 1e9, unit: "GB" },
    { factor: 1e6, unit: "MB" },
    { factor: 1, unit: "B" },
  ],
};

/** The prefix with which the greatest of the magnitudes has one to three digits before the point. */
export function scaleFor(unit: string, magnitudes: readonly number[]): Scale {
  const greatest = Math.max(0, ...magnitudes.map(Math.abs));
  const scales = SCALES[unit] ?? [{ factor: 1, unit: unit === "1" ? "" : unit }];
  const scale =
    greatest === 0 ? scales.find(({ factor }) => factor === 1) : scales.find(({ factor }) => greatest >= factor);
  return scale ?? (scales.at(-1) as Scale);
}

/** The scale of values that stand together: one prefix, and one number of digits, from the middle one of their intervals. */
export function commonScale(unit: string, cells: readonly Pick<SummaryCell, "median" | "ci95">[]): Scale {
  const scale = scaleFor(
    unit,
    cells.map(({ median }) => median ?? 0),
  );
  const widths = cells.map(({ ci95 }) => (ci95 === null ? 0 : ci95[1] - ci95[0])).filter((width) => width > 0);
  const medianWidth = widths.sort((a, b) => a - b)[Math.floor(widths.length / 2)];
  return medianWidth === undefined ? scale : { ...scale, decimals: decimalsFor(medianWidth / scale.factor) };
}

/**
 * A number in a given scale, as precise as its interval allows: two digits of the interval's width; three significant
 * digits where there is no interval.
 */
export function formatNumber(value: number, scale: Scale, interval: readonly [number, number] | null = null): string {
  const shown = value / scale.factor;
  const width = interval === null ? 0 : Math.abs(interval[1] - interval[0]) / scale.factor;
  const decimals = width > 0 ? decimalsFor(width) : Number.isInteger(shown) ? 0 : decimalsFor(shown / 10);
  return groupThousands(shown.toFixed(scale.decimals ?? decimals));
}

/** Digits after the point that show two digits of `width`. */
function decimalsFor(width: number): number {
  return Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(width)))));
}

/** `12.3 Gbit/s`, `45.2 µs`, `1500 B`. */
export function formatValue(value: number, unit: string, interval: readonly [number, number] | null = null): string {
  const scale = scaleFor(unit, [value]);
  return `${formatNumber(value, scale, interval)} ${scale.unit}`.trimEnd();
}

/** `0.934`; a ratio needs no more digits than its interval supports. */
export function formatRatio(ratio: number, interval: readonly [number, number] | null = null): string {
  return formatNumber(ratio, { factor: 1, unit: "" }, interval);
}

/** A ratio as a change: 0.92 is `−8.0 %`. */
export function formatChange(ratio: number): string {
  const percent = (ratio - 1) * 100;
  const digits = Math.abs(percent) < 10 ? percent.toFixed(1) : percent.toFixed(0);
  return `${percent > 0 ? "+" : ""}${digits.replace("-", "−")} %`;
}

/** `1.2 %` of a coefficient of variation. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** `p = 0.012`; below a thousandth only that it is. */
export function formatP(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`;
}

const METRIC_LABELS: Readonly<Record<MetricName, string>> = {
  throughput: "Throughput",
  retransmits: "Retransmitted segments",
  loss: "Share of packets lost",
  jitter: "Jitter",
  transactions: "Transactions",
  connects: "Connections",
  "latency-mean": "Mean latency",
  "latency-p50": "Latency, 50th percentile",
  "latency-p90": "Latency, 90th percentile",
  "latency-p99": "Latency, 99th percentile",
  "connect-time": "Time to connect",
  "add-time": "Time of ADD",
  "check-time": "Time of CHECK",
  "del-time": "Time of DEL",
  "pod-ready-time": "Time until a new pod answers",
  "pod-start-p50": "Start of a pod, 50th percentile",
  "pod-start-p90": "Start of a pod, 90th percentile",
  "pod-start-p99": "Start of a pod, 99th percentile",
  "pairs-throughput": "Throughput of all pairs at once",
  "pair-throughput-p50": "Throughput of the median pair",
  "pair-throughput-min": "Throughput of the slowest pair",
  "pair-latency-p50": "Idle round trip of the median pair",
  "pair-latency-max": "Idle round trip of the slowest pair",
  "rollout-time": "Replacement of all pods",
  "policy-close-time": "Time until a policy closes",
  "policy-open-time": "Time until a deleted policy is gone",
  "pods-rate": "Pods given a network",
  cpu: "CPU in use",
  "cpu-user": "CPU in user mode",
  "cpu-system": "CPU in system mode",
  "cpu-softirq": "CPU in soft interrupts",
  "cpu-per-gbit": "CPU per Gbit/s",
  "cpu-daemons": "CPU of the plugin's daemons",
  "cpu-daemons-per-gbit": "CPU of the plugin's daemons per Gbit/s",
  memory: "Memory of the plugin's daemons",
  mtu: "Effective path MTU",
};

/** A metric in words; one that this version does not know keeps its own name. */
export function metricLabel(metric: string): string {
  return Object.hasOwn(METRIC_LABELS, metric) ? METRIC_LABELS[metric as MetricName] : metric;
}

export function betterLabel(better: Better): string {
  return better === "none" ? "neither is better" : `${better} is better`;
}

/** Narrow no-break spaces between thousands, from five digits on; a real minus sign. */
function groupThousands(digits: string): string {
  const [whole = "", ...fraction] = digits.replace("-", "−").split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  return [grouped, ...fraction].join(".");
}
