/** The records of a stored run, in a form that a million of them fit in. */
import { type Check, type Repetition, type RepetitionOutcome, type ResultRecord, SCHEMA_VERSION } from "./record.ts";

/** A repetition of the first session with a value, its usual raw directory, and nothing else, as nearly all are. */
export type PlainValue = Required<Pick<Repetition, "cell" | "block" | "rep" | "startedAt" | "value">>;

interface Cell {
  readonly id: string;
  /** The raw directory of all repetitions (`rawPath`). */
  readonly raw: string;
}

/**
 * The records of a run, in the order of the file. Plain values are stored in columns of numbers, because V8 takes
 * longer to collect a million objects than to read them. All cells share the columns: neighboring records are of
 * different cells, whose own columns would not fit in the cache of the processor.
 */
export class RecordList implements Iterable<ResultRecord> {
  /** In the order of the file. */
  readonly checks: Check[] = [];
  readonly #cells: readonly Cell[];
  /** Indexes of cells, by ID. */
  readonly #indexes: ReadonlyMap<string, number>;
  /** The index of the cell of each record. */
  readonly #cellOf: number[] = [];
  readonly #blocks: number[] = [];
  readonly #reps: number[] = [];
  readonly #startedAt: string[] = [];
  readonly #values: number[] = [];
  /** Records that are not plain values, by position. */
  readonly #objects = new Map<number, ResultRecord>();
  /** The positions of the records of each cell; undefined until they are needed. */
  #positions: readonly (readonly number[])[] | undefined;

  /** @param cells IDs of cells and checks */
  constructor(cells: Iterable<string>) {
    this.#cells = [...cells].map((id) => ({ id, raw: `raw/${id.slice(0, id.lastIndexOf("/"))}` }));
    this.#indexes = new Map(this.#cells.map(({ id }, index) => [id, index]));
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
    return this.#cellOf.length;
  }

  /** Adds a record, or returns false if its cell is unknown. */
  add(record: ResultRecord): boolean {
    const position = this.length;
    if (!this.addValue({ ...record, value: NaN })) return false;
    this.#objects.set(position, record);
    if (record.kind === "check") this.checks.push(record);
    return true;
  }

  /** Adds a plain value, or returns false if its cell is unknown. */
  addValue({ cell: id, block, rep, startedAt, value }: PlainValue): boolean {
    const cell = this.#indexes.get(id);
    if (cell === undefined) return false;
    this.#positions = undefined;
    this.#cellOf.push(cell);
    this.#blocks.push(block);
    this.#reps.push(rep);
    this.#startedAt.push(startedAt);
    this.#values.push(value);
    return true;
  }

  /** Returns the repetitions of a cell, in the order of the file. */
  repetitionsOf(cell: string): Repetition[] {
    return this.#positionsOf(cell)
      .map((position) => this.#at(position))
      .filter((record) => record.kind === "repetition");
  }

  /** Returns the parts of {@link repetitionsOf} that statistics depend on. */
  outcomesOf(cell: string): RepetitionOutcome[] {
    return this.#partsOf(cell).filter((part): part is RepetitionOutcome => !("kind" in part && part.kind === "check"));
  }

  /** Returns the slots of all records of a cell, in the order of the file. */
  slotsOf(cell: string): readonly Pick<ResultRecord, "block" | "rep" | "sitting">[] {
    return this.#partsOf(cell);
  }

  /** Returns the raw directory of the first record of each cell that has one, in the order of the file. */
  firstRawDirs(): string[] {
    const hasRaw = (position: number): boolean => this.#objects.get(position)?.raw !== null;
    const firsts = this.#allPositions().flatMap((positions) => positions.find(hasRaw) ?? []);
    return firsts.sort((a, b) => a - b).map((position) => this.#at(position).raw as string);
  }

  *[Symbol.iterator](): Generator<ResultRecord> {
    for (let position = 0; position < this.length; position++) yield this.#at(position);
  }

  /** The JSON form of the list is an array of its records. */
  toJSON(): ResultRecord[] {
    return [...this];
  }

  #positionsOf(cell: string): readonly number[] {
    const index = this.#indexes.get(cell);
    return index === undefined ? [] : (this.#allPositions()[index] as readonly number[]);
  }

  #allPositions(): readonly (readonly number[])[] {
    if (this.#positions !== undefined) return this.#positions;
    const positions = this.#cells.map((): number[] => []);
    this.#cellOf.forEach((cell, position) => (positions[cell] as number[]).push(position));
    return (this.#positions = positions);
  }

  #at(position: number): ResultRecord {
    return this.#objects.get(position) ?? this.#repetition(position);
  }

  /** Returns the records of a cell, with fewer fields of plain values. */
  #partsOf(cell: string): (ResultRecord | RepetitionOutcome)[] {
    return this.#positionsOf(cell).map((position) => this.#objects.get(position) ?? this.#outcome(position));
  }

  #outcome(position: number): RepetitionOutcome {
    return {
      block: this.#blocks[position] as number,
      rep: this.#reps[position] as number,
      value: this.#values[position],
    };
  }

  /** Returns a plain value with its fields in the order of the file. */
  #repetition(position: number): Repetition {
    const { id, raw } = this.#cells[this.#cellOf[position] as number] as Cell;
    const { block, rep, value } = this.#outcome(position);
    return {
      kind: "repetition",
      cell: id,
      schemaVersion: SCHEMA_VERSION,
      block,
      rep,
      startedAt: this.#startedAt[position] as string,
      raw: `${raw}/${block}-${rep}`,
      value,
    };
  }
}
