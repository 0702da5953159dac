import { describe, expect, it } from "vitest";
import { designOf, pluginsOf, runsOf } from "../../../bench/campaign/campaign-plan.ts";
import { ORIGINAL, type SlowedCopy } from "../../../bench/campaign/copies.ts";
import { choicesOfRun } from "../../../bench/campaign/measure.ts";
import { parseSuite } from "../../../bench/resume.ts";
import { prepare } from "../../../engine/index.ts";
import { shippedSuites } from "../../../suites/index.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

const QUICK = parseSuite(shippedSuites().find(({ name }) => name === "quick")?.text ?? "");
const [RATE, SLEEP] = (["rate", "sleep"] as const).map((name): SlowedCopy => ({
  ...{ name, change: "", target: "", isRequired: false },
  plugin: { ...ORIGINAL, name: `slow-${name}` },
})) as [SlowedCopy, SlowedCopy];

describe("runsOf", () => {
  it("returns all runs, with the same IDs for any number of runs", () => {
    const ids = runsOf([RATE, SLEEP], { equal: 3, slowed: 1 }).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(["equal-01", "equal-02", "equal-03", "rate-01", "sleep-01"]);
    expect(runsOf([RATE, SLEEP], { equal: 20, slowed: 4 }).map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });

  it("mixes the kinds in proportion", () => {
    const half = runsOf([RATE, SLEEP], { equal: 8, slowed: 4 }).slice(0, 8);
    expect([null, RATE, SLEEP].map((copy) => half.filter((run) => run.copy === copy).length)).toEqual([4, 2, 2]);
  });
});

describe("pluginsOf", () => {
  it("compares a copy with the original, or the original under two names", () => {
    expect(pluginsOf({ id: "", copy: RATE })).toEqual([ORIGINAL, RATE.plugin]);
    const equal = pluginsOf({ id: "", copy: null });
    expect(new Set(equal.map(({ name }) => name)).size).toBe(2);
    expect(equal.map(({ bare }) => bare)).toEqual([ORIGINAL.bare, ORIGINAL.bare]);
  });
});

describe("designOf", () => {
  it("measures all headlines of the suite, and for CI one", async () => {
    const measured = async (isCut: boolean): Promise<readonly [string[], string[]]> => {
      const choices = choicesOfRun({ id: "", copy: null }, designOf(QUICK, isCut));
      const { plan } = await prepare(fakeHost(), choices);
      const headlines = plan.headlines ?? [];
      const questions = plan.cells.map(({ suite, scenario, path, metric }) =>
        [suite, scenario, path, metric].join("/"),
      );
      return [[...headlines], headlines.filter((headline) => !questions.includes(headline))];
    };
    expect(await measured(false)).toEqual([QUICK.headlines.map((headline) => `quick/${headline}`), []]);
    expect(await measured(true)).toEqual([["quick/pods/same-node/add-time"], []]);
  });
});
