/** The serial console of a node: saved in a file, searched for a marker, and quoted if the node is lost. */
import { createWriteStream } from "node:fs";
import { printable } from "../../core/errors.ts";

/** Maximum number of bytes saved. If the output is longer, its end is saved too. */
const MAX_FILE_BYTES = 4 * 2 ** 20;
/** Characters of the end of the output that are kept in memory. */
const MAX_TAIL_CHARACTERS = 8192;
/** Lines that an error message quotes. */
const MAX_LAST_LINES = 3;

/** Receives the output of a console. */
export class Console {
  readonly #file: ReturnType<typeof createWriteStream> | null;
  readonly #marker: string;
  #written = 0;
  /** Bytes received since the file reached its limit. */
  #unwritten = 0;
  #tail = "";
  #onMarker: () => void = () => undefined;
  /** Resolves when the output contains the marker. */
  readonly markerSeen: Promise<void>;

  /** @param file to append the output to; null: do not save it. @param marker string to wait for */
  constructor(file: string | null, marker: string) {
    this.#file = file === null ? null : createWriteStream(file, { flags: "a" });
    this.#file?.on("error", () => undefined); // a full disk is reported when results are written
    this.#marker = marker;
    this.markerSeen = new Promise((resolve) => (this.#onMarker = resolve));
  }

  push(chunk: Buffer): void {
    if (this.#written < MAX_FILE_BYTES) {
      this.#file?.write(chunk);
      this.#written += chunk.length;
    } else this.#unwritten += chunk.length;
    this.#tail = (this.#tail + chunk.toString("latin1")).slice(-MAX_TAIL_CHARACTERS);
    if (this.#tail.includes(this.#marker)) this.#onMarker();
  }

  /** Writes the end of the output, which shows why a node was lost, even if the file has reached its limit. */
  close(): void {
    const end = this.#unwritten === 0 ? "" : this.#tail.slice(-this.#unwritten);
    const omitted = this.#unwritten - end.length;
    if (omitted > 0) this.#file?.write(`\n[cnibench: ${omitted} bytes omitted]\n`);
    this.#file?.end(end, "latin1");
  }

  /** Joins the last lines into one, for error messages; after a kernel panic, the first lines of the panic. */
  describeLastLines(): string {
    const lines = this.#tail
      .split(/[\r\n]+/)
      .map((line) => printable(line.trim()))
      .filter((line) => line !== "");
    const panic = lines.findIndex((line) => line.includes("Kernel panic"));
    const lastLines = panic >= 0 ? lines.slice(panic, panic + MAX_LAST_LINES) : lines.slice(-MAX_LAST_LINES);
    return lastLines.length === 0 ? "no console output" : `last console output: ${lastLines.join(" | ").slice(0, 500)}`;
  }
}
