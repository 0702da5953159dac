import { expect, it } from "vitest";
import {
  changeOf,
  detectableChange,
  thresholdOf,
  type JudgedDifference,
} from "../../../results/run-comparison/threshold.ts";

const WORSE: JudgedDifference = {
  ...{ metric: "add-time", scale: "ratio", difference: Math.log(1.1), base: 0.02, head: 0.022, verdict: "worse" },
};
const THRESHOLD = thresholdOf(1.05);

it("has the absolute limits of the metrics", () => {
  expect(THRESHOLD).toMatchObject({ ratio: 1.05, floors: { "add-time": 0.0005, "latency-p99": 1e-6, loss: 0.001 } });
  expect(THRESHOLD.floors).not.toHaveProperty("throughput");
});

it.each<[string, Partial<JudgedDifference>, string]>([
  ["a difference beyond both limits", {}, "regression"],
  ["one that is better", { verdict: "better", difference: -Math.log(1.1), base: 0.022, head: 0.02 }, "improvement"],
  ["one that is not shown", { verdict: "undecided" }, "none"],
  ["one within the ratio", { difference: Math.log(1.04), head: 0.0208 }, "none"],
  ["one within the absolute limit", { base: 0.002, head: 0.0022 }, "none"],
  ["one of a metric without limit", { metric: "throughput", base: 2e-9, head: 2.2e-9 }, "regression"],
  ["a count within its limit", { metric: "retransmits", scale: "difference", difference: 9, base: 0, head: 9 }, "none"],
  ["a count", { metric: "retransmits", scale: "difference", difference: 11, base: 0, head: 11 }, "regression"],
  [
    "a small part of a count",
    { metric: "retransmits", scale: "difference", difference: 11, base: 1000, head: 1011 },
    "none",
  ],
])("judges %s", (_, differences, change) => {
  expect(changeOf({ ...WORSE, ...differences }, THRESHOLD)).toBe(change);
});

it("judges both directions by the same limits", () => {
  for (const head of [0.00249, 0.00251]) {
    const difference = Math.log(head / 0.002);
    const forth = changeOf({ ...WORSE, difference, base: 0.002, head }, THRESHOLD);
    const opposite = { ...WORSE, verdict: "better", difference: -difference, base: head, head: 0.002 } as const;
    const back = changeOf(opposite, THRESHOLD);
    expect([forth, back]).toEqual(head > 0.0025 ? ["regression", "improvement"] : ["none", "none"]);
  }
});

it("detects only changes beyond the threshold, however precise the measurement is", () => {
  const detectable = (difference: number, more: Partial<JudgedDifference> = {}): number =>
    detectableChange(difference, { ...WORSE, ...more }, THRESHOLD);
  expect(detectable(0)).toBeCloseTo(Math.log(1.05), 10);
  expect(detectable(0.01)).toBeCloseTo(Math.log(1.05) + 0.003, 4);
  expect(detectable(Math.log(1.05))).toBeGreaterThan(Math.log(1.05));
  expect(detectable(0.3)).toBe(0.3);
  // 0.5 ms of 2 ms
  expect(detectable(0, { base: 0.002, head: 0.002 })).toBeCloseTo(Math.log(1.2832), 3);
  expect(detectable(0, { metric: "retransmits", scale: "difference", base: 1000, head: 1000 })).toBeCloseTo(50, 10);
  expect(detectable(0, { metric: "retransmits", scale: "difference", base: 0, head: 3 })).toBe(10);
});

it("finds a change of the detectable size as often as promised", () => {
  const sd = 0.01;
  const difference = (1.96 + 0.8416) * sd;
  const size = detectableChange(difference, WORSE, THRESHOLD);
  // The share of normal estimates around it that exceed both limits.
  const distance = (size - Math.max(1.96 * sd, Math.log(1.05))) / sd;
  expect(distance).toBeCloseTo(0.8416, 2);
});
