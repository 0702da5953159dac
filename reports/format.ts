/** Formats SI values for readers. Only reports use prefixes such as Gbit/s; all other code uses bit/s, s, B and 1/s. */
import type { Better } from "../core/metric.ts";
import type { Comparison, SummaryCell } from "../results/index.ts";
import type { Text } from "./language/text.ts";

/** A unit with its prefix: displayed value = value / factor. */
export interface Scale {
  readonly factor: number;
  readonly unit: string;
  /** Digits after the decimal point. Default: as many as the value or its interval supports. */
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
  // No kB: an MTU is customarily written in bytes (1500 B, not 1.5 kB).
  B: [
    { factor: 1e9, unit: "GB" },
    { factor: 1e6, unit: "MB" },
    { factor: 1, unit: "B" },
  ],
};

/** Returns the scale in which the largest magnitude has one to three digits before the decimal point. */
export function scaleFor(unit: string, magnitudes: readonly number[]): Scale {
  const largest = Math.max(0, ...magnitudes.map(Math.abs));
  const scales = SCALES[unit] ?? [{ factor: 1, unit: unit === "1" ? "" : unit }];
  const scale =
    largest === 0 ? scales.find(({ factor }) => factor === 1) : scales.find(({ factor }) => largest >= factor);
  return scale ?? (scales.at(-1) as Scale);
}

/** Returns one scale for values shown together: one prefix and one precision, taken from the median interval width. */
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
 * Formats a number in the given scale, as precisely as its interval supports: to two significant digits of the interval
 * width, or to three significant digits without an interval. Numbers that are not finite become a dash.
 */
export function formatNumber(value: number, scale: Scale, interval: readonly [number, number] | null = null): string {
  const scaled = value / scale.factor;
  if (!Number.isFinite(scaled)) return "–";
  const width = interval === null ? 0 : Math.abs(interval[1] - interval[0]) / scale.factor;
  const decimals = width > 0 ? decimalsFor(width) : Number.isInteger(scaled) ? 0 : decimalsFor(scaled / 10);
  return groupThousands(scaled.toFixed(scale.decimals ?? decimals));
}

/** Returns the number of decimals that show two significant digits of `width`. */
function decimalsFor(width: number): number {
  return Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(width)))));
}

/** Formats a value with its unit: `12.3 Gbit/s`, `45.2 µs`, `1500 B`. */
export function formatValue(value: number, unit: string, interval: readonly [number, number] | null = null): string {
  const scale = scaleFor(unit, [value]);
  return `${formatNumber(value, scale, interval)} ${scale.unit}`.trimEnd();
}

/** Formats a ratio, with no more digits than its interval supports: `0.934`. */
export function formatRatio(ratio: number, interval: readonly [number, number] | null = null): string {
  return formatNumber(ratio, { factor: 1, unit: "" }, interval);
}

/** Formats a count with its noun: `1 cell`, `2 cells`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Formats a ratio as a change in percent: 0.92 is `−8.0 %`. */
export function formatChange(ratio: number): string {
  const percent = (ratio - 1) * 100;
  const digits = Math.abs(percent) < 10 ? percent.toFixed(1) : percent.toFixed(0);
  return `${percent > 0 ? "+" : ""}${digits.replace("-", "−")} %`;
}

/** Formats the estimate of a comparison: as a change in percent, or as a difference in the unit of the metric. */
export function formatDifference({ scale, estimate }: Pick<Comparison, "scale" | "estimate">, unit: string): string {
  if (scale === "ratio") return formatChange(estimate);
  const sign = estimate > 0 ? "+" : estimate < 0 ? "−" : "";
  return `${sign}${formatValue(Math.abs(estimate), unit)}`;
}

/** Formats possible ranks: `2`, or `1–3`. */
export function formatRanks(ranks: readonly [number, number] | null): string {
  if (ranks === null) return "–";
  return ranks[0] === ranks[1] ? String(ranks[0]) : `${ranks[0]}–${ranks[1]}`;
}

/** Formats a share in percent: 0.012 is `1.2 %`. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/**
 * Formats a p-value: `p = 0.012`, or `p < 0.001` for any smaller value. Above 5 %, `p > 0.05`, because adjusted
 * p-values are lower bounds there.
 */
export function formatP(p: number): string {
  if (p > 0.05) return "p > 0.05";
  return p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`;
}

export function betterLabel(better: Better): Text {
  return BETTER_LABELS[better];
}

/** Returns the label of a direction as a sentence. */
export function betterSentence(better: Better): Text {
  const { en, zh } = betterLabel(better);
  return { en: `${en.slice(0, 1).toUpperCase()}${en.slice(1)}.`, zh: `${zh}。` };
}

const BETTER_LABELS: Readonly<Record<Better, Text>> = {
  higher: { en: "higher is better", zh: "越高越好" },
  lower: { en: "lower is better", zh: "越低越好" },
  none: { en: "informational", zh: "仅供参考" },
};

/** Inserts narrow no-break spaces between thousands, from five digits on, and uses a true minus sign. */
function groupThousands(digits: string): string {
  const [whole = "", ...fraction] = digits.replace("-", "−").split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  return [grouped, ...fraction].join(".");
}
