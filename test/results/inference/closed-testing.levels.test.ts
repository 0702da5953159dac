/** The chance of any false difference in a question. Fails if pairs are tested without the adjustment for all pairs. */
import { expect, it } from "vitest";
import { testQuestion } from "../../../results/inference/closed-testing.ts";
import { seededRandom } from "../../../results/random.ts";
import { gaussian } from "../../helpers/sample-run.ts";

const QUESTIONS = 60;
const LEVEL = 0.05;
/** The level, two standard errors and half a question. */
const MAX_RATE = LEVEL + 2 * Math.sqrt((LEVEL * (1 - LEVEL)) / QUESTIONS) + 0.5 / QUESTIONS;

interface Rates {
  /** Share of the questions with a pair below the level, after and before the adjustment. */
  readonly adjusted: number;
  readonly unadjusted: number;
}

/** Simulates questions in which all plugins are equal, with a standard deviation for each. */
function falseRates(noise: readonly number[], blocks: number): Rates {
  const random = seededRandom(17);
  let [adjusted, unadjusted] = [0, 0];
  for (let question = 0; question < QUESTIONS; question++) {
    const observations = Array.from({ length: blocks }, () => {
      const effect = 0.15 * gaussian(random);
      return noise.map((spread) => effect + spread * gaussian(random));
    });
    const { pairs } = testQuestion(observations, seededRandom(question));
    if (pairs.some((pair) => pair.adjusted <= LEVEL)) adjusted++;
    if (pairs.some((pair) => pair.p <= LEVEL)) unadjusted++;
  }
  return { adjusted: adjusted / QUESTIONS, unadjusted: unadjusted / QUESTIONS };
}

it.each([
  ["five equal plugins", [0.1, 0.1, 0.1, 0.1, 0.1], 8],
  ["four equal plugins, one of them noisier", [0.05, 0.05, 0.05, 0.15], 12],
])("keeps the level for %s, which pairs alone exceed", (_, noise, blocks) => {
  const { adjusted, unadjusted } = falseRates(noise, blocks);
  expect(adjusted).toBeLessThanOrEqual(MAX_RATE);
  expect(unadjusted).toBeGreaterThan(MAX_RATE);
});
