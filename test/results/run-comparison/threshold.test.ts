import { expect, it } from "vitest";
import { changeOf, thresholdOf, type JudgedDifference } from "../../../results/run-comparison/threshold.ts";

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
