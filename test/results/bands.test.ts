import { expect, it } from "vitest";
import { bandsOf } from "../../results/bands.ts";
import type { RunFile } from "../../results/record.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { plan } = sampleRun().run;
const bands = (changes: Partial<RunFile["plan"]> = {}) => bandsOf({ plan: { ...plan, ...changes } });
const question = (metric: string) => ({ suite: "s", metric });

it("returns the band of the suite, and otherwise the default of the scale", () => {
  const bandOf = bands({ bands: { s: { throughput: { ratio: 1.03 }, loss: { difference: 0.5 } } } });
  expect(bandOf(question("throughput"), "ratio")).toBe(1.03);
  expect(bandOf(question("throughput"), "difference")).toBeNull();
  expect(bandOf(question("loss"), "difference")).toBe(0.5);
  expect(bandOf(question("loss"), "ratio")).toBe(1.05);
  expect(bandOf(question("retransmits"), "difference")).toBe(10);
});

it("returns the defaults stored with the run, even if those of the program changed", () => {
  const bandOf = bands({ defaultBands: { ratio: 1.2, differences: { loss: 0.2 } } });
  expect(bandOf(question("loss"), "ratio")).toBe(1.2);
  expect(bandOf(question("loss"), "difference")).toBe(0.2);
  expect(bandOf(question("retransmits"), "difference")).toBeNull();
  expect(bandOf(question("constructor"), "difference")).toBeNull();
});
