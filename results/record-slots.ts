/** Finds records that a run cannot have stored: of blocks or repetitions outside its plan, or stored a second time. */
import { printableLine } from "../core/errors.ts";
import { sessionOf } from "./blocks.ts";
import type { RecordList } from "./record-list.ts";
import { MAX_COUNT, type ResultRecord, type RunFile } from "./record.ts";

/** The part of a record that says what it is the result of. */
export type RecordSlot = Pick<ResultRecord, "cell" | "block" | "rep" | "sitting">;

interface PlannedSlots {
  readonly blocks: number;
  readonly repetitions: number;
  /** Only the baseline is measured again in a later session, if a block was interrupted. */
  readonly isBaseline: boolean;
  /** Numbers of the slots with a record. */
  readonly stored: Set<number>;
}

/** Checks the records of a run one by one. */
export class RecordSlots {
  readonly #cells: ReadonlyMap<string, PlannedSlots>;
  readonly #blocks: number;

  constructor({ plan }: Pick<RunFile, "plan">) {
    this.#blocks = plan.blocks;
    this.#cells = new Map(
      plan.cells.map(({ id, blocks, repetitions, path }) => [
        id,
        { blocks, repetitions, isBaseline: path === "host", stored: new Set() },
      ]),
    );
  }

  /**
   * Takes the next record.
   * @returns why the run cannot have stored it, or null. A check stores a record for each of its verdicts.
   */
  problemOf(record: RecordSlot): string | null {
    const { cell, block, rep } = record;
    const planned = this.#cells.get(cell);
    const blocks = planned?.blocks ?? this.#blocks;
    if (block > blocks) return `block ${block} is not one of the ${blocks} planned`;
    if (planned === undefined) return null;
    const { repetitions, isBaseline, stored } = planned;
    if (rep > repetitions) return `repetition ${rep} is not one of the ${repetitions} planned per block`;
    const slot = slotNumber(record, isBaseline);
    if (stored.has(slot)) return `block ${block}, repetition ${rep} is stored a second time`;
    stored.add(slot);
    return null;
  }
}

/** Returns the number of a slot: a small integer, which is fast. */
function slotNumber(record: Pick<RecordSlot, "block" | "rep" | "sitting">, isBaseline: boolean): number {
  const session = isBaseline ? sessionOf(record) : 1;
  return ((session - 1) * MAX_COUNT + record.block - 1) * MAX_COUNT + record.rep - 1;
}

/** Records that the run cannot have stored. */
export interface StrayRecords {
  readonly count: number;
  /** Line, cell and problem of the first one. */
  readonly first: string;
}

/** Finds the records of a list that the run cannot have stored. */
export function findStrays(records: RecordList, run: Pick<RunFile, "plan">): StrayRecords {
  const strays = { count: 0, first: "" };
  if (isAsPlanned(records, run)) return strays;
  const slots = new RecordSlots(run);
  let line = 0;
  for (const record of records) {
    line++;
    const problem = slots.problemOf(record);
    if (problem !== null && strays.count++ === 0)
      strays.first = `line ${line}, ${printableLine(record.cell)}: ${problem}`;
  }
  return strays;
}

/** Reports whether all slots are planned and those of each cell ascend, so that none is stored a second time. */
function isAsPlanned(records: RecordList, { plan }: Pick<RunFile, "plan">): boolean {
  const isPlanned = plan.cells.every(({ id, blocks, repetitions, path }) => {
    let last = -1;
    return records.slotsOf(id).every((slot) => {
      const [previous, number] = [last, slotNumber(slot, path === "host")];
      last = number;
      return number > previous && slot.block <= blocks && slot.rep <= repetitions;
    });
  });
  return isPlanned && plan.checks.every(({ id }) => records.slotsOf(id).every(({ block }) => block <= plan.blocks));
}
