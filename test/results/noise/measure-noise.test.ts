import { probit } from "simple-statistics";
import { expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import { measureNoise } from "../../../results/noise/measure-noise.ts";
import type { ResultRecord } from "../../../results/record.ts";
import { seededRandom } from "../../../results/random.ts";
import { sampleRun } from "../../helpers/sample-run.ts";
import { twinRun, TWINS, type TwinValues } from "../../helpers/twin-run.ts";

const params = { count: 1 };

/** Returns log-normal values of two twins with these standard deviations. */
function noisy(blocks: number, { block = 0, between = 0, within = 0 }, seed = 1): [TwinValues, TwinValues] {
  const random = seededRandom(seed);
  const normal = (): number => probit(random());
  const rows = Array.from({ length: blocks }, () => {
    const common = block * normal();
    return TWINS.map(() => {
      const deployment = common + between * normal();
      return [0, 1, 2, 3].map(() => 0.01 * Math.exp(deployment + within * normal()));
    });
  });
  return [rows.map(([a = []]) => a), rows.map(([, b = []]) => b)];
}

/** Returns the noise of the only metric. */
function noiseOf(...runs: readonly [TwinValues, TwinValues][]) {
  const metrics = measureNoise(
    runs.map((values) => twinRun(values)),
    () => params,
  );
  expect(metrics).toHaveLength(1);
  return metrics[0] as (typeof metrics)[number];
}

it("separates the variation between deployments from that within", () => {
  const noise = noiseOf(noisy(60, { between: 0.1, within: 0.05 }));
  expect(noise).toMatchObject({ scenario: "pods", runner: "lifecycle", params, repetitions: 4, deployments: 120 });
  expect(noise.between / 0.1).toBeCloseTo(1, 0.7);
  expect((noise.within ?? 0) / 0.05).toBeCloseTo(1, 0.7);
  expect(noise.median / 0.01).toBeCloseTo(1, 0.7);
});

it("counts no variation between deployments if repetitions explain it", () => {
  expect(noiseOf(noisy(60, { within: 0.1 })).between).toBeLessThan(0.03);
});

it("computes the spread of pairs inside blocks, where drift of the machine cancels", () => {
  const noise = noiseOf(noisy(60, { block: 0.5, between: 0.1 }));
  expect(noise.paired / (Math.SQRT2 * 0.1)).toBeCloseTo(1, 0.7);
  expect(noise.between).toBeGreaterThan(0.4);
});

it("reports drift from the first to the second half", () => {
  const drifting: TwinValues = Array.from({ length: 10 }, (_, i) => [i < 5 ? 1 : 1.2]);
  expect(noiseOf([drifting, drifting])).toMatchObject({ drift: 1.2, drifts: true, within: null });
  const steady: TwinValues = Array.from({ length: 10 }, (_, i) => [i % 2 === 0 ? 1 : 1.2]);
  expect(noiseOf([steady, steady]).drifts).toBe(false);
});

it("assesses modes only from 20 values", () => {
  const modes: TwinValues = Array.from({ length: 10 }, (_, i) => [i % 2 === 0 ? 1 : 2]);
  const others: TwinValues = Array.from({ length: 10 }, (_, i) => [i % 3 === 0 ? 1 : 2]);
  expect(noiseOf([modes, others]).modes).toMatchObject({ count: 2 });
  expect(noiseOf([modes.slice(0, 9), others.slice(0, 9)]).modes).toBeNull();
});

it("reports the variation between runs and keeps it out of the other figures", () => {
  const [fast, slow] = [noisy(10, { between: 0.01 }, 1), noisy(10, { between: 0.01 }, 2)];
  const doubled = (twin: TwinValues): TwinValues => twin.map((block) => block.map((value) => 2 * value));
  const slower: [TwinValues, TwinValues] = [doubled(slow[0]), doubled(slow[1])];
  const noise = noiseOf(fast, slower);
  expect(noise.betweenRuns).toBeCloseTo(Math.LN2 / Math.SQRT2, 1);
  expect(noise.between).toBeLessThan(0.03);
  expect(noise.modes?.count).toBe(1);
  expect(noiseOf(fast).betweenRuns).toBeNull();
});

it("omits metrics with values that have no logarithm", () => {
  const zeros: TwinValues = [[1], [0], [2]];
  expect(measureNoise([twinRun([zeros, zeros], "retransmits")], () => params)).toEqual([]);
});

it("fails if a repetition failed or is missing", () => {
  const run = twinRun(noisy(3, { within: 0.1 }));
  const failed = { ...run.records[0], value: undefined, error: "no route" } as unknown as ResultRecord;
  const records = [failed, ...run.records.slice(1)];
  expect(() => measureNoise([{ ...run, records }], () => params)).toThrow(EnvironmentError);
  expect(() => measureNoise([{ ...run, records }], () => params)).toThrow(/bridge-a.*no route/);
});

it("reports a machine that was busy in half of the repetitions", () => {
  const run = twinRun(noisy(4, { within: 0.1 }));
  const warnings = [{ code: "busy-machine", message: "busy" }] as const;
  const busy = { ...run, records: run.records.map((record) => ({ ...record, warnings })) };
  expect(measureNoise([busy], () => params)[0]?.busy).toBe(true);
  expect(measureNoise([run], () => params)[0]?.busy).toBe(false);
});

it("assesses no baseline and no metric that is not ranked", () => {
  const metrics = measureNoise([{ run: withTwoPlugins(), records: sampleRun().records }], () => params);
  expect(metrics.length).toBeGreaterThan(5);
  expect(metrics.filter(({ path }) => path === "host")).toEqual([]);
});

function withTwoPlugins() {
  const { run } = sampleRun();
  const cells = run.plan.cells.filter(({ plugin }) => plugin !== "ptp");
  return { ...run, plan: { ...run.plan, cells } };
}
