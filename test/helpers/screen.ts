/** A terminal that understands what the live table prints; any other control character fails the test. */
import type { Terminal } from "../../cli/terminal/live-area.ts";

/** A row of the terminal. */
interface Row {
  text: string[];
  /** The text continues in the next row. */
  wrapped: boolean;
}

/** A command at the beginning of a text: cursor up, erase below, erase the rest of the line, or a character. */
const COMMAND = /^(?:\u001b\[(\d*)([AJK])|\r|\n|[^\u0000-\u001f\u007f-\u009f])/u;

export class Screen implements Terminal {
  columns: number;
  rows: number;
  /** Number of calls of `write`. */
  writes = 0;
  #lines: Row[] = [{ text: [], wrapped: false }];
  #row = 0;
  #column = 0;

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  /** Returns all rows, also those that have scrolled away, without empty ones at the end. */
  text(): string {
    return this.#lines
      .map(({ text }) => text.join("").trimEnd())
      .join("\n")
      .trimEnd();
  }

  write(text: string): boolean {
    this.writes++;
    for (let rest = text; rest !== "";) {
      const [command, count, letter] = COMMAND.exec(rest) ?? [];
      if (command === undefined) throw new Error(`unknown control character: ${JSON.stringify(rest.slice(0, 20))}`);
      this.#execute(command, letter, Number(count || 1));
      rest = rest.slice(command.length);
    }
    return true;
  }

  /** Changes the size. Like most terminals, it wraps long lines again. The cursor must be in an empty row. */
  resize(columns: number, rows: number): void {
    const cut = (text: string[]): string[][] =>
      text.length <= columns ? [text] : [text.slice(0, columns), ...cut(text.slice(columns))];
    const lines: string[][] = [[]];
    for (const { text, wrapped } of this.#lines) {
      lines.at(-1)?.push(...text);
      if (!wrapped) lines.push([]);
    }
    lines.pop();
    this.#lines = lines.flatMap((line) => cut(line).map((text, i, all) => ({ text, wrapped: i < all.length - 1 })));
    this.#row = this.#lines.length - 1;
    Object.assign(this, { columns, rows });
  }

  #execute(command: string, letter: string | undefined, count: number): void {
    const top = Math.max(0, this.#lines.length - this.rows);
    if (letter === "A") this.#row = Math.max(top, this.#row - count);
    else if (letter === "K") this.#current().text.splice(this.#column);
    else if (letter === "J") {
      this.#current().text.splice(this.#column);
      this.#lines.splice(this.#row + 1);
    } else if (command === "\r") this.#column = 0;
    else if (command === "\n") this.#nextRow(false);
    else this.#put(command);
  }

  #put(character: string): void {
    const width = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(character) ? 2 : 1;
    if (this.#column + width > this.columns) this.#nextRow(true);
    for (let i = this.#current().text.length; i < this.#column; i++) this.#current().text[i] = " ";
    this.#current().text[this.#column] = character;
    if (width === 2) this.#current().text[this.#column + 1] = "";
    this.#column += width;
  }

  #nextRow(wrapped: boolean): void {
    this.#current().wrapped = wrapped;
    this.#row++;
    this.#column = 0;
    if (this.#row === this.#lines.length) this.#lines.push({ text: [], wrapped: false });
  }

  #current(): Row {
    return this.#lines[this.#row] as Row;
  }
}
