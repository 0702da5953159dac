/** The records of a stored run, in a form that a million of them fit in. */
import { type Check, type Repetition, type ResultRecord, SCHEMA_VERSION } from "./record.ts";

/** A repetition of the first session with a value, its usual raw directory, and nothing else, as nearly all are. */
export type PlainValue = Required<Pick<Repetition, "cell" | "block" | "rep" | "startedAt" | "value">>;

/**
 * The records of a run, in the order of the file. Plain values are stored as numbers, because V8 takes longer to
 * collect a million objects than to read them.
 */
export class RecordList implements Iterable<ResultRecord> {
  /** In the order of the file. */
  readonly checks: Check[] = [];
  readonly #cells = new Map<string, CellRecords>();
  /** The cell of each record, and its index there. */
  readonly #order: CellRecords[] = [];
  readonly #indexes: number[] = [];

  /** @param cells IDs of cells and checks */
  constructor(cells: Iterable<string>) {
    for (const id of cells) this.#cells.set(id, new CellRecords(id));
  }

  /** Returns the list, or a list of records that exist as objects. */
  static of(records: Iterable<ResultRecord>): RecordList {
    if (records instanceof RecordList) return records;
    const objects = [...records];
    const list = new RecordList(new Set(objects.map(({ cell }) => cell)));
    for (const record of objects) list.add(record);
    return list;
  }

  get length(): number {
    return this.#order.length;
  }

  /** Adds a record, or returns false if its cell is unknown. */
  add(record: ResultRecord): boolean {
    const cell = this.#next(record.cell);
    if (record.kind === "check" && cell !== undefined) this.checks.push(record);
    cell?.addObject(record);
    return cell !== undefined;
  }

  /** Adds a plain value, or returns false if its cell is unknown. */
  addValue(plain: PlainValue): boolean {
    const cell = this.#next(plain.cell);
    cell?.addValue(plain);
    return cell !== undefined;
  }

  /** Returns the repetitions of a cell, in the order of the file. */
  repetitionsOf(cell: string): Repetition[] {
    const records = this.#cells.get(cell)?.all() ?? [];
    return records.filter((record) => record.kind === "repetition");
  }

  *[Symbol.iterator](): Generator<ResultRecord> {
    for (const [position, cell] of this.#order.entries()) yield cell.at(this.#indexes[position] as number);
  }

  /** The JSON form of the list is an array of its records. */
  toJSON(): ResultRecord[] {
    return [...this];
  }

  /** Returns the cell of the next record. */
  #next(id: string): CellRecords | undefined {
    const cell = this.#cells.get(id);
    if (cell === undefined) return undefined;
    this.#order.push(cell);
    this.#indexes.push(cell.length);
    return cell;
  }
}

/** The records of a cell, in columns. */
class CellRecords {
  readonly #id: string;
  /** The raw directory of all repetitions (`rawPath`). */
  readonly #raw: string;
  readonly #values: number[] = [];
  readonly #blocks: number[] = [];
  readonly #reps: number[] = [];
  readonly #startedAt: string[] = [];
  /** Records that are not plain values, by index. */
  readonly #objects = new Map<number, ResultRecord>();

  constructor(id: string) {
    this.#id = id;
    this.#raw = `raw/${id.slice(0, id.lastIndexOf("/"))}`;
  }

  get length(): number {
    return this.#values.length;
  }

  addObject(record: ResultRecord): void {
    this.#objects.set(this.#values.length, record);
    this.addValue({ ...record, value: NaN });
  }

  addValue({ block, rep, startedAt, value }: Omit<PlainValue, "cell">): void {
    this.#values.push(value);
    this.#blocks.push(block);
    this.#reps.push(rep);
    this.#startedAt.push(startedAt);
  }

  all(): ResultRecord[] {
    return this.#values.map((_, index) => this.at(index));
  }

  at(index: number): ResultRecord {
    return this.#objects.get(index) ?? this.#repetition(index);
  }

  /** Returns a plain value with its fields in the order of the file. */
  #repetition(index: number): Repetition {
    const [block, rep] = [this.#blocks[index] as number, this.#reps[index] as number];
    return {
      kind: "repetition",
      cell: this.#id,
      schemaVersion: SCHEMA_VERSION,
      block,
      rep,
      startedAt: this.#startedAt[index] as string,
      raw: `${this.#raw}/${block}-${rep}`,
      value: this.#values[index],
    };
  }
}
