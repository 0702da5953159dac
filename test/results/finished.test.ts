import { describe, expect, it } from "vitest";
import { finishedRepetitions, nextSession, completeRecordCount } from "../../results/finished.ts";
import type { ResultRecord } from "../../results/record.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run, records } = sampleRun({ blocks: 2 });
const PODS = "quick/pods/bridge/netns/same-node";
const CORE = "quick/core/bridge/netns";
const of = (task: string, block: number, rep: number) =>
  records.filter((record) => record.cell.startsWith(`${task}`) && record.block === block && record.rep === rep);

describe("finishedRepetitions", () => {
  it("requires a record in each cell", () => {
    const complete = of(PODS, 1, 1);
    const finished = finishedRepetitions(run, [...complete, ...of(PODS, 1, 2).slice(1)]);
    expect(finished(PODS, 1, 1)).toBe(true);
    expect(finished(PODS, 1, 2)).toBe(false);
    expect(finished(PODS, 2, 1)).toBe(false);
    expect(finished("quick/pods/ptp/netns/same-node", 1, 1)).toBe(false);
  });

  it("ignores skipped cells", () => {
    const ptp = "quick/pods/ptp/netns/same-node";
    expect(of(ptp, 1, 1)).toHaveLength(3);
    expect(finishedRepetitions(run, of(ptp, 1, 1))(ptp, 1, 1)).toBe(true);
  });

  it("accepts a failure, and any verdict of a check", () => {
    const failed = of(PODS, 1, 1).map((record): ResultRecord => ({ ...record, value: undefined, error: "no" }));
    expect(finishedRepetitions(run, failed)(PODS, 1, 1)).toBe(true);
    expect(finishedRepetitions(run, of(CORE, 1, 1))(CORE, 1, 1)).toBe(true);
    expect(finishedRepetitions(run, [])(CORE, 1, 1)).toBe(false);
  });
});

describe("nextSession", () => {
  it("is one more than the last session, and 1 without records", () => {
    expect(nextSession([])).toBe(1);
    expect(nextSession(records)).toBe(2);
    expect(nextSession([...records, { ...(records[0] as ResultRecord), sitting: 4 }])).toBe(5);
  });
});

describe("completeRecordCount", () => {
  const [first, second] = [of(PODS, 1, 1), of(PODS, 1, 2)];

  it("keeps complete repetitions", () => {
    expect(completeRecordCount(run, [], "")).toBe(0);
    expect(completeRecordCount(run, [...first, ...second], "")).toBe(8);
    expect(completeRecordCount(run, [...first, ...second], '{"kind":"rep')).toBe(8);
  });

  it.each([1, 2, 3])("drops %i records of an incomplete repetition", (count) => {
    expect(completeRecordCount(run, [...first, ...second.slice(0, count)], "")).toBe(4);
  });

  it("drops the verdicts of the check of the torn line, and keeps those of other checks", () => {
    const checks = of(CORE, 1, 1);
    expect(completeRecordCount(run, [...first, ...checks], "")).toBe(10);
    expect(completeRecordCount(run, [...first, ...checks.slice(0, 2)], `{"kind":"check","cell":"${CORE}","schem`)).toBe(
      4,
    );
    expect(completeRecordCount(run, [...first, ...checks.slice(0, 2)], '{"kind"')).toBe(4);
    expect(completeRecordCount(run, [...first, ...checks], '{"kind":"check","cell":"quick/core/ptp/netns"')).toBe(10);
  });
});
