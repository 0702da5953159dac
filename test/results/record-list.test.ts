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

  it("returns outcomes without checks, and the slots of all records of a cell", () => {
    const check = records.find(({ kind }) => kind === "check") as ResultRecord;
    const list = new RecordList([cell]);
    const later: Repetition = { ...repetition, block: 4, sitting: 2 };
    list.addValue(PLAIN);
    list.add(later);
    list.add({ ...check, cell });
    expect(list.outcomesOf(cell)).toEqual([{ block: 3, rep: 2, value: 1.5 }, later]);
    expect(list.slotsOf(cell)).toMatchObject([{ block: 3 }, { block: 4, sitting: 2 }, { block: check.block }]);
    list.addValue({ ...PLAIN, block: 5 });
    expect(list.slotsOf(cell)).toHaveLength(4);
  });

  it("returns the first raw directory of each cell, in the order of the file", () => {
    const list = new RecordList(["a/x", "b/x", "c/x"]);
    list.add({ ...repetition, cell: "b/x", raw: null });
    list.addValue({ ...PLAIN, cell: "c/x" });
    list.add({ ...repetition, cell: "b/x", raw: "raw/b/2-1" });
    list.addValue({ ...PLAIN, cell: "b/x", block: 9 });
    list.add({ ...repetition, cell: "a/x", raw: null });
    expect(list.firstRawDirs()).toEqual(["raw/c/3-2", "raw/b/2-1"]);
  });

  it("adds no record of an unknown cell", () => {
    const list = new RecordList(["other"]);
    expect([list.addValue(PLAIN), list.add(repetition), list.length]).toEqual([false, false, 0]);
  });
});
