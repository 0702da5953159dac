import { probit } from "simple-statistics";
import { expect, it } from "vitest";
import type { Block } from "../../../results/blocks.ts";
import { measureNoise } from "../../../results/noise/measure-noise.ts";
import { ratioNoise, type TwinBlocks } from "../../../results/noise/ratio-noise.ts";
import { seededRandom } from "../../../results/random.ts";
import { validator } from "../../../results/run-schema.ts";
import { sampleNoiseCard } from "../../helpers/sample-noise-card.ts";
import { twinRun } from "../../helpers/twin-run.ts";

const random = seededRandom(7);
const normal = (): number => probit(random());

function block(number: number, value: number): Block {
  return { block: number, session: 1, repetitions: [value], value };
}

/** Returns a run whose twins have an effect, and whose machine has one that the baseline shows as well. */
function run(effect: number, spread: number, hasBaseline = true): TwinBlocks {
  const machine = Math.exp(normal());
  const values = Array.from({ length: 10 }, (_, i) => {
    const [host, a, b] = [0, effect, effect].map((own) => block(i, machine * Math.exp(own + spread * normal())));
    return [host, a, b] as [Block, Block, Block];
  });
  return { blocks: values.map(([, a, b]) => [a, b]), baseline: hasBaseline ? values.map(([host]) => host) : [] };
}

it("measures the variation of ratios, in which the state of the machine cancels", () => {
  const noise = ratioNoise(Array.from({ length: 200 }, () => run(0.03 * normal(), 0.02)));
  const blocks = 0.02 * Math.sqrt(2 / 10);
  expect(noise?.reference).toBe("baseline");
  expect((noise?.betweenRuns ?? 0) / Math.hypot(0.03, blocks)).toBeCloseTo(1, 0.7);
  expect((noise?.withinRuns ?? 0) / blocks).toBeCloseTo(1, 0.7);
});

it("compares the twins with each other without a baseline", () => {
  const noise = ratioNoise(Array.from({ length: 200 }, () => run(0.03 * normal(), 0.02, false)));
  expect(noise?.reference).toBe("plugin");
  // The twins of a run share its effect.
  expect((noise?.betweenRuns ?? 0) / (0.02 * Math.sqrt(2 / 10))).toBeCloseTo(1, 0.7);
});

it("is unknown from a single run, without pairs and for values without logarithm", () => {
  expect(ratioNoise([run(0, 0.01)])).toBeNull();
  expect(ratioNoise([run(0, 0.01), { ...run(0, 0.01), blocks: [] }])).toBeNull();
  const zero: TwinBlocks = { blocks: [[block(1, 0), block(1, 1)]], baseline: [] };
  expect(ratioNoise([zero, zero])).toBeNull();
});

it("is part of a noise card", () => {
  const values = [[1], [1.1], [1.2]];
  const runs = [twinRun([values, values]), twinRun([values, values])];
  const metrics = measureNoise(runs, () => ({}));
  expect(metrics[0]?.ratios).toEqual({ reference: "plugin", betweenRuns: 0, withinRuns: 0 });
  expect(validator("noise-card")(JSON.parse(JSON.stringify(sampleNoiseCard({ metrics }))))).toBeNull();
  expect(measureNoise(runs.slice(1), () => ({}))[0]?.ratios).toBeNull();
});
