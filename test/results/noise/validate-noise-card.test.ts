import { expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { parseNoiseCard, whyNotValid } from "../../../results/noise/validate-noise-card.ts";
import { SAMPLE_MACHINE, sampleMetric, sampleNoiseCard } from "../../helpers/sample-noise-card.ts";

const NOW = new Date("2026-03-02T12:00:00.000Z");

it("reads a card as it was written", () => {
  expect(parseNoiseCard(JSON.stringify(sampleNoiseCard()))).toEqual(sampleNoiseCard());
});

it.each([
  ["", /JSON/],
  ["{", /JSON/],
  ["null", /object/],
  ["[]", /object/],
  [JSON.stringify({ ...sampleNoiseCard(), schemaVersion: 2 }), /schemaVersion/],
  [JSON.stringify({ ...sampleNoiseCard(), measuredAt: "<script>" }), /measuredAt/],
  [JSON.stringify(sampleNoiseCard({ metrics: [sampleMetric({ paired: -1 })] })), /paired/],
  // JSON has no NaN: it is written as null.
  [JSON.stringify(sampleNoiseCard({ metrics: [sampleMetric({ paired: NaN })] })), /paired/],
  [JSON.stringify(sampleNoiseCard()).replace('"median":20000000000', '"median":1e999'), /median/],
  [JSON.stringify(sampleNoiseCard({ metrics: [sampleMetric({ unit: "x".repeat(1000) })] })), /unit/],
  [JSON.stringify(sampleNoiseCard({ metrics: Array(1001).fill(sampleMetric()) as never })), /metrics/],
])("refuses %.60s", (text, problem) => {
  expect(() => parseNoiseCard(text)).toThrow(UsageError);
  expect(() => parseNoiseCard(text)).toThrow(problem);
});

it.each([
  [{ kernel: "6.6.0" }, /stale.*kernel.*6\.6\.0/],
  [{ cpuModel: "Other CPU" }, /stale.*CPU.*Other CPU/],
  [{ cpus: 4 }, /stale.*CPUs.*4/],
  [{ arch: "arm64" }, /stale.*arm64/],
  [{ cnibench: "9.9.9" }, /stale.*cnibench.*9\.9\.9/],
])("is stale on a machine with %j", (different, reason) => {
  expect(whyNotValid(sampleNoiseCard(), { ...SAMPLE_MACHINE, ...different }, NOW)).toMatch(reason);
});

it("is valid for 30 days on the same machine", () => {
  const after = (days: number): Date => new Date(Date.UTC(2026, 2, 1 + days, 12));
  expect(whyNotValid(sampleNoiseCard(), SAMPLE_MACHINE, after(30))).toBeNull();
  expect(whyNotValid(sampleNoiseCard(), SAMPLE_MACHINE, after(31))).toMatch(/stale.*30 days/);
});
