import { describe, expect, it } from "vitest";
import { RecordList } from "../../results/record-list.ts";
import { findStrays, RecordSlots } from "../../results/record-slots.ts";
import type { ResultRecord } from "../../results/record.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run, records } = sampleRun({ blocks: 2 });
const recordOf = (path: string): ResultRecord => records.find(({ cell }) => cell.includes(path)) as ResultRecord;
const POD = recordOf("/bridge/netns/same-node/");
const BASELINE = recordOf("/host/netns/host/");
const CHECK = records.find(({ kind }) => kind === "check") as ResultRecord;

function problems(...stored: readonly ResultRecord[]): (string | null)[] {
  const slots = new RecordSlots(run);
  return stored.map((record) => slots.problemOf(record));
}

it("accepts the records of a run", () => {
  expect(problems(...records).filter((problem) => problem !== null)).toEqual([]);
});

describe("finds", () => {
  it("blocks and repetitions outside the plan", () => {
    expect(problems({ ...POD, block: 3 }, { ...CHECK, block: 3 }, { ...POD, rep: 99 })).toEqual([
      "block 3 is not one of the 2 planned",
      "block 3 is not one of the 2 planned",
      expect.stringMatching(/^repetition 99 is not one of the \d planned per block$/),
    ]);
  });

  it("repeated records, but a check has several, and the baseline one in each session", () => {
    const repeated = "block 1, repetition 1 is stored a second time";
    expect(problems(POD, POD, { ...POD, sitting: 2 })).toEqual([null, repeated, repeated]);
    expect(problems(BASELINE, { ...BASELINE, sitting: 2 }, BASELINE)).toEqual([null, null, repeated]);
    expect(problems(CHECK, CHECK)).toEqual([null, null]);
  });
});

describe("findStrays", () => {
  const find = (...stored: readonly ResultRecord[]) => {
    const list = new RecordList([...run.plan.cells, ...run.plan.checks].map(({ id }) => id));
    for (const record of stored) list.add(record);
    return findStrays(list, run);
  };
  const NONE = { count: 0, first: "" };

  it("finds none in a run, also if its records are in another order or of several sessions", () => {
    expect(find(...records)).toEqual(NONE);
    expect(find(...records.toReversed())).toEqual(NONE);
    expect(find(BASELINE, { ...BASELINE, sitting: 2 })).toEqual(NONE);
  });

  it("counts strays of cells and checks, and names the first one", () => {
    const repeated = { count: 2, first: `line 2, ${POD.cell}: block 1, repetition 1 is stored a second time` };
    expect(find(POD, POD, { ...CHECK, block: 3 })).toEqual(repeated);
    expect(find(CHECK, { ...CHECK, block: 3 })).toEqual({
      count: 1,
      first: `line 2, ${CHECK.cell}: block 3 is not one of the 2 planned`,
    });
    expect(find({ ...POD, rep: 99 }).first).toMatch(/^line 1, .*: repetition 99 is not one of/);
    expect(find(POD, { ...CHECK, cell: POD.cell, rep: POD.rep, block: POD.block }).count).toBe(1);
  });
});
