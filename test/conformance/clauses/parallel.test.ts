import { expect, test } from "vitest";
import { roundsFor } from "../../../conformance/clauses/parallel.ts";
import type { PluginUnderTest } from "../../../conformance/under-test/plugin-under-test.ts";

function countRounds(probability: number, isEarlier: boolean): number {
  const isRoundDue = roundsFor({ isEarlier } as PluginUnderTest, probability);
  let rounds = 0;
  while (isRoundDue()) rounds++;
  return rounds;
}

test("rounds show a race with a probability of 99 %", () => {
  expect([0.3, 0.5, 0.9].map((probability) => countRounds(probability, false))).toEqual([13, 7, 2]);
});

test("a version has one round if a later one is tested too", () => {
  expect(countRounds(0.3, true)).toBe(1);
});
