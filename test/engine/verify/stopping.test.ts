import { describe, expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { verifyStopping } from "../../../engine/verify/stopping.ts";
import type { ResultRecord, RunFile } from "../../../results/record.ts";
import type { StoppingDecision } from "../../../results/stopping-rule.ts";
import { decideStopping } from "../../../results/stopping.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

const BLOCKS = 8;
const sample = sampleRun({ blocks: BLOCKS });

interface Options {
  /** A large one stops the run after block 6. Default: it does not stop. */
  readonly until?: number;
  readonly last?: number;
  readonly outcome?: RunFile["outcome"];
}

/** Returns a run up to a block, with its decisions. */
function adaptiveRun({ until = 1e-6, last = BLOCKS, outcome = "complete" }: Options = {}) {
  const headlines = ["quick/tcp-1/cross-node/throughput", "quick/pods/same-node/add-time"];
  const plan = { ...sample.run.plan, headlines, stoppingRules: { quick: { min: 6, max: BLOCKS, until } } };
  const records = sample.records.filter(({ block }) => block <= last);
  let run: RunFile = { ...sample.run, plan, outcome: null };
  for (let block = 1; block <= last; block++) {
    const soFar: ResultRecord[] = records.filter((record) => record.block <= block);
    run = { ...run, stopping: [...(run.stopping ?? []), ...decideStopping(run, soFar, block)] };
  }
  return { run: { ...run, outcome }, records, stopping: run.stopping as readonly StoppingDecision[] };
}

describe("verifyStopping", () => {
  it("confirms the decisions of complete, stopped and interrupted runs, and of runs without rules", () => {
    const verified = [
      adaptiveRun(),
      adaptiveRun({ until: 0.9, last: 6 }),
      adaptiveRun({ last: 5, outcome: "interrupted" }),
      sample,
    ].map((each) => verifyStopping("run", each));
    expect(verified).toEqual([7, 5, 4, 0]);
  });

  it("finds every flipped digit, and every other answer", () => {
    const { run, records, stopping } = adaptiveRun();
    const text = JSON.stringify(stopping);
    const flipped = [...text.matchAll(/\d/g)].map(({ index }) => {
      const digit = (Number(text[index]) + 1) % 10;
      return `${text.slice(0, index)}${digit}${text.slice(index + 1)}`;
    });
    // A number such as 08 is invalid JSON, so the run cannot be loaded.
    const changed = [...flipped.filter((each) => !/:0\d/.test(each)), text.replace("false", "true")]
      .map((each) => JSON.parse(each) as StoppingDecision[])
      .filter((each) => JSON.stringify(each) !== text);
    expect(changed.length).toBeGreaterThan(100);
    for (const decisions of changed)
      expect(() => verifyStopping("run", { run: { ...run, stopping: decisions }, records })).toThrow(UsageError);
  });

  it("names the first difference", () => {
    const { run, records, stopping } = adaptiveRun();
    const wrong = stopping.map((each) => (each.block === 4 ? { ...each, halfWidth: 0.5 } : each));
    const verify = () => verifyStopping("run", { run: { ...run, stopping: wrong }, records });
    expect(verify).toThrow(/^run\/run\.json: stopping decision 3 is .*"halfWidth":0\.5,.* but .*"block":4/);
  });

  it("finds a missing decision of a complete run, and one that does not follow from the values", () => {
    const { run, records, stopping } = adaptiveRun();
    const missing = { run: { ...run, stopping: stopping.slice(0, -1) }, records };
    expect(() => verifyStopping("run", missing)).toThrow(/decision 7 is missing/);
    const added = { ...run, outcome: "interrupted", stopping: [...stopping, stopping[0] as StoppingDecision] } as const;
    expect(() => verifyStopping("run", { run: added, records })).toThrow(/but missing if recomputed/);
  });
});
