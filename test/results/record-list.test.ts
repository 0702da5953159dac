import { describe, expect, it } from "vitest";
import type { Repetition, ResultRecord } from "../../results/record.ts";
import { RecordList } from "../../results/record-list.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { records } = sampleRun({ blocks: 2 });
const repetition = records.find(({ kind, rep }) => kind === "repetition" && rep === 1) as Repetition;
const { cell } = repetition;
const PLAIN = { cell, block: 3, rep: 2, startedAt: "2026-03-01T12:00:00.000Z", value: 1.5 };

describe("RecordList", () => {
  it("returns the same records in the same order", () => {
    const list = RecordList.of(records);
    expect([...list]).toEqual(records);
    expect(list).toHaveLength(records.length);
    expect(JSON.stringify(list)).toBe(JSON.stringify(records));
    expect(list.checks).toEqual(records.filter(({ kind }) => kind === "check"));
  });

  it("returns the list itself for a list", () => {
    const list = new RecordList([cell]);
    expect(RecordList.of(list)).toBe(list);
  });

  it("returns plain values as the store writes them, between other records of the cell", () => {
    const list = new RecordList([cell, "other"]);
    const failed: ResultRecord = { ...repetition, block: 4, error: "no answer" };
    expect([list.addValue(PLAIN), list.add({ ...failed, cell: "other" }), list.add(failed)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(list.addValue({ ...PLAIN, block: 5 })).toBe(true);
    const raw = `raw/${cell.slice(0, cell.lastIndexOf("/"))}/3-2`;
    const stored = { kind: "repetition", cell, schemaVersion: 1, block: 3, rep: 2, startedAt: PLAIN.startedAt, raw };
    expect(JSON.stringify([...list].slice(0, 2))).toBe(
      JSON.stringify([
        { ...stored, value: 1.5 },
        { ...failed, cell: "other" },
      ]),
    );
    expect(list.repetitionsOf(cell).map(({ block }) => block)).toEqual([3, 4, 5]);
    expect(list.repetitionsOf("unknown")).toEqual([]);
  });

  it("adds no record of an unknown cell", () => {
    const list = new RecordList(["other"]);
    expect([list.addValue(PLAIN), list.add(repetition), list.length]).toEqual([false, false, 0]);
  });
});
