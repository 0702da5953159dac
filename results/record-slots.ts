/** Finds records that a run cannot have stored: of blocks or repetitions outside its plan, or stored a second time. */
import { sessionOf } from "./blocks.ts";
import type { ResultRecord, RunFile } from "./record.ts";

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

/** Larger than all numbers of repetitions, and of sessions. */
const SLOT_FACTOR = 100_000;

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
    const slot = ((isBaseline ? sessionOf(record) : 1) * SLOT_FACTOR + block) * SLOT_FACTOR + rep;
    if (stored.has(slot)) return `block ${block}, repetition ${rep} is stored a second time`;
    stored.add(slot);
    return null;
  }
}
