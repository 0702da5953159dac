/** Reads the usual lines of results.jsonl, which contain a value, faster than a JSON parser and a schema do. */
import { bytesOf, LineScanner } from "./line-scanner.ts";
import type { PlainValue } from "./record-list.ts";
import { SCHEMA_VERSION } from "./record.ts";

const NAME = "[A-Za-z0-9][A-Za-z0-9._+-]{0,99}";
/** IDs that are the same in JSON, and that raw directories are named after (`rawPath`). */
const USUAL_CELL = new RegExp(`^(?:${NAME}/){5}${NAME}$`);

/** The parts of a line as the store writes it, between cell, block, rep, time and value. */
const [START, REP, STARTED_AT, DASH, VALUE, END] = [
  '{"kind":"repetition","cell":"',
  ',"rep":',
  ',"startedAt":"',
  "-",
  '","value":',
  "}",
].map(bytesOf) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

interface UsualCell {
  readonly id: string;
  /** From the ID to the block. */
  readonly start: Buffer;
  /** From the time to the block in the raw directory. */
  readonly raw: Buffer;
  /** The cell that followed the last time: blocks have nearly the same order. */
  next?: UsualCell;
}

export class ValueLines {
  readonly #cells = new Map<string, UsualCell>();
  readonly #scanner = new LineScanner();
  #last: UsualCell | undefined;

  /** @param ids of the planned cells */
  constructor(ids: Iterable<string>) {
    for (const id of ids) {
      if (!USUAL_CELL.test(id)) continue;
      const start = bytesOf(`${id}","schemaVersion":${SCHEMA_VERSION},"block":`);
      this.#cells.set(id, { id, start, raw: bytesOf(`","raw":"raw/${id.slice(0, id.lastIndexOf("/"))}/`) });
    }
  }

  /** Returns the record of the line between two indexes; null for any other line, valid or not. */
  read(bytes: Buffer, start: number, end: number): PlainValue | null {
    const scanner = this.#scanner;
    scanner.start(bytes, start);
    scanner.expect(START);
    const cell = this.#cell();
    if (cell === undefined) return null;
    const block = scanner.count();
    scanner.expect(REP);
    const rep = scanner.count();
    scanner.expect(STARTED_AT);
    const startedAt = scanner.time();
    scanner.expect(cell.raw);
    const rawBlock = scanner.count();
    scanner.expect(DASH);
    const rawRep = scanner.count();
    scanner.expect(VALUE);
    const value = scanner.number();
    scanner.expect(END);
    const isPlain = scanner.isAt(end) && rawBlock === block && rawRep === rep && Number.isFinite(value);
    return isPlain ? { cell: cell.id, block, rep, startedAt, value } : null;
  }

  #cell(): UsualCell | undefined {
    const expected = this.#last?.next;
    if (expected !== undefined && this.#scanner.skip(expected.start)) return (this.#last = expected);
    const cell = this.#cells.get(this.#scanner.peekText());
    if (cell === undefined || !this.#scanner.skip(cell.start)) return undefined;
    if (this.#last !== undefined) this.#last.next = cell;
    return (this.#last = cell);
  }
}
