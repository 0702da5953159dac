/** Scans a line of JSON byte by byte. Once a part is not as expected, the line has failed. */
import { MAX_COUNT } from "./record.ts";

/** Returns the bytes of a text in ASCII. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

const byteOf = (character: string): number => character.charCodeAt(0);
const [ZERO, NINE, QUOTE, DOT, PLUS, MINUS] = [byteOf("0"), byteOf("9"), byteOf('"'), byteOf("."), 0x2b, 0x2d];
const [LOWER_E, UPPER_E] = [byteOf("e"), byteOf("E")];
/** Zeros are any digits. */
const TIME = bytesOf("0000-00-00T00:00:00.000Z");
const FAILED = -1;

export class LineScanner {
  #bytes: Buffer = bytesOf("");
  /** The index of the next byte, or {@link FAILED}. */
  #at = 0;
  /** Neighboring lines have the same time. */
  readonly #lastTime = Buffer.from(TIME);
  #lastTimeText = TIME.toString();

  start(bytes: Buffer, at: number): void {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Reports whether all parts were as expected, and end at an index. */
  isAt(index: number): boolean {
    return this.#at === index;
  }

  expect(expected: Buffer): void {
    if (!this.skip(expected)) this.#at = FAILED;
  }

  /** Skips these bytes, or returns false if they are not the next ones. */
  skip(expected: Buffer): boolean {
    const [bytes, start] = [this.#bytes, this.#at];
    if (start === FAILED) return false;
    for (let i = 0; i < expected.length; i++) if (bytes[start + i] !== expected[i]) return false;
    this.#at = start + expected.length;
    return true;
  }

  /** Returns the text before the next quote, without skipping it. */
  peekText(): string {
    return this.#at === FAILED ? "" : this.#bytes.toString("latin1", this.#at, this.#bytes.indexOf(QUOTE, this.#at));
  }

  /** Expects an integer from 1 to {@link MAX_COUNT}. */
  count(): number {
    const start = this.#at;
    if (start === FAILED || this.#bytes[start] === ZERO) return this.#fail();
    let [count, at] = [0, start];
    for (; count <= MAX_COUNT && isDigit(this.#bytes[at]); at++)
      count = 10 * count + (this.#bytes[at] as number) - ZERO;
    if (count === 0 || count > MAX_COUNT) return this.#fail();
    this.#at = at;
    return count;
  }

  /** Expects a time in ISO 8601, UTC, with milliseconds. */
  time(): string {
    if (this.skip(this.#lastTime)) return this.#lastTimeText;
    const [bytes, start] = [this.#bytes, this.#at];
    if (start === FAILED) return "";
    const end = start + TIME.length;
    for (let i = 0; i < TIME.length; i++) {
      const byte = bytes[start + i];
      if (TIME[i] === ZERO ? isDigit(byte) : byte === TIME[i]) continue;
      this.#fail();
      return "";
    }
    this.#at = end;
    bytes.copy(this.#lastTime, 0, start, end);
    this.#lastTimeText = bytes.toString("latin1", start, end);
    return this.#lastTimeText;
  }

  /** Expects a number. */
  number(): number {
    const [bytes, start] = [this.#bytes, this.#at];
    if (start === FAILED) return this.#fail();
    const first = bytes[start] === MINUS ? start + 1 : start;
    let end = bytes[first] === ZERO ? first + 1 : this.#endOfDigits(first);
    if (bytes[end] === DOT) end = this.#endOfDigits(end + 1);
    if (bytes[end] === LOWER_E || bytes[end] === UPPER_E) {
      const isSigned = bytes[end + 1] === PLUS || bytes[end + 1] === MINUS;
      end = this.#endOfDigits(isSigned ? end + 2 : end + 1);
    }
    if (end === FAILED) return this.#fail();
    this.#at = end;
    return Number(bytes.toString("latin1", start, end));
  }

  /** Returns the index after one or more digits; {@link FAILED} without any. */
  #endOfDigits(start: number): number {
    let end = start;
    while (isDigit(this.#bytes[end])) end++;
    return end === start ? FAILED : end;
  }

  #fail(): number {
    this.#at = FAILED;
    return NaN;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
