/**
 * Lines at the end of a terminal that are replaced in place. It only moves the cursor and erases. It changes no mode of
 * the terminal, so nothing has to be restored, however cnibench ends.
 */
import { printableLine } from "../../core/errors.ts";
import { displayWidth, shorten } from "../../reports/index.ts";

/** The properties of a terminal that {@link LiveArea} uses. Both sizes can be 0 or undefined. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };
const ERASE_REST_OF_LINE = "\u001b[K";
const ERASE_BELOW = "\u001b[J";

export class LiveArea {
  readonly #terminal: Terminal;
  /** Widths of the lines that are drawn, in columns. */
  #drawn: readonly number[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** The current size of the terminal. */
  get size(): TerminalSize {
    const { columns, rows } = this.#terminal;
    return { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
  }

  /**
   * Replaces the lines. Each is made safe and cut to the width of the terminal, and lines that do not fit on it are
   * omitted. Old characters are overwritten instead of erased first, in a single write, so that nothing flickers.
   */
  draw(lines: readonly string[]): void {
    const { columns, rows } = this.size;
    // The last column stays free, because terminals differ in how they continue after it; the last row has the cursor.
    const safe = lines.slice(0, rows - 1).map((line) => printableLine(line).replaceAll("\t", " "));
    const fitting = safe.map((line) => shorten(line, columns - 1));
    const text = fitting.map((line) => `${line}${ERASE_REST_OF_LINE}\n`).join("");
    this.#terminal.write(`${this.#toFirstLine()}${text}${ERASE_BELOW}`);
    this.#drawn = fitting.map(displayWidth);
  }

  /** Replaces the lines by text that stays and ends with a line break. The next lines are drawn below it. */
  print(text: string): void {
    this.#terminal.write(`${this.#toFirstLine()}${ERASE_BELOW}${text}`);
    this.#drawn = [];
  }

  /** Leaves the lines as they are. The next ones are drawn below the cursor. */
  abandon(): void {
    this.#drawn = [];
  }

  /** Returns the sequence that moves the cursor to the first line. */
  #toFirstLine(): string {
    // After a resize, a line that is now too long occupies several rows.
    const { columns } = this.size;
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? "\r" : `\r\u001b[${rows}A`;
  }
}
