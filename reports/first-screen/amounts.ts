/** Formats how much two plugins differ: `5.0 times`, `14 %`, or an amount in the unit of the metric. */
import type { Comparison } from "../../results/index.ts";
import { formatValue } from "../format.ts";
import type { Text } from "../language/text.ts";

/** From this factor on, and below its inverse, a ratio is stated as a factor instead of a percentage. */
const MIN_FACTOR = 2;
const [LARGEST, SMALLEST] = [10_000, 0.001];

export interface Amount {
  readonly kind: "factor" | "percent" | "difference";
  readonly text: string;
  /** The 95 % interval; null without one. */
  readonly interval: Text | null;
}

/** Formats a factor with two or three digits: `0.87`, `5.0`, `12`. */
export function formatFactor(factor: number): string {
  if (!Number.isFinite(factor) || factor <= 0) return "–";
  if (factor > LARGEST) return `>${LARGEST}`;
  if (factor < SMALLEST) return `<${SMALLEST}`;
  if (factor >= 10) return factor.toFixed(0);
  return factor >= 2 ? factor.toFixed(1) : factor >= 0.1 ? factor.toFixed(2) : factor.toPrecision(1);
}

/** @param comparison with the value of the plugin as its `a` */
export function amountOf({ scale, estimate, ci95 }: Comparison, unit: string): Amount {
  if (scale === "difference") {
    const format = (value: number): string => `${value < 0 ? "−" : ""}${formatValue(Math.abs(value), unit)}`;
    return { kind: "difference", text: formatValue(Math.abs(estimate), unit), interval: range(ci95, format) };
  }
  if (estimate >= MIN_FACTOR || estimate <= 1 / MIN_FACTOR)
    return { kind: "factor", text: formatFactor(estimate), interval: range(ci95, formatFactor) };
  return { kind: "percent", text: percent(estimate), interval: percentInterval(ci95) };
}

function range(ci95: Comparison["ci95"], format: (value: number) => string): Text | null {
  if (ci95 === null) return null;
  const [low, high] = ci95.map(format);
  return { en: `${low} to ${high}`, zh: `${low} 至 ${high}` };
}

/** Returns the interval without signs if both ends have the same one, because the sentence names the direction. */
function percentInterval(ci95: Comparison["ci95"]): Text | null {
  if (ci95 === null) return null;
  const [low, high] = ci95;
  if (low < 1 && high > 1) return range(ci95, (ratio) => `${ratio < 1 ? "−" : "+"}${percent(ratio)}`);
  return low >= 1 ? range(ci95, percent) : range([high, low], percent);
}

/** Formats the distance of a ratio from 1. */
export function percent(ratio: number): string {
  const distance = Math.abs(ratio - 1) * 100;
  return `${distance.toFixed(distance < 9.95 ? 1 : 0)} %`;
}
