/** The serial console of a node: kept in a file, watched for a line, and its last lines told when the node is lost. */
import { createWriteStream } from "node:fs";
import { printable } from "../../core/errors.ts";

/** Bytes: of what a node says more only the end is kept. */
const MAX_FILE_BYTES = 4 * 2 ** 20;
const MAX_TAIL_CHARACTERS = 8192;
const MAX_LAST_LINES = 3;

export class Console {
  readonly #file: ReturnType<typeof createWriteStream> | null;
  readonly #marker: string;
  #written = 0;
  /** Bytes that were said since the file was full. */
  #unwritten = 0;
  #tail = "";
  #onMarker: () => void = () => undefined;
  /** Resolves when the marker was said. */
  readonly markerSeen: Promise<void>;

  /** @param file what it says is added to it; null: it is not kept. */
  constructor(file: string | null, marker: string) {
    this.#file = file === null ? null : createWriteStream(file, { flags: "a" });
    this.#file?.on("error", () => undefined); // a full disk shows in the results first
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

  /** What a lost node said last is in the file, however much it said before. */
  close(): void {
    const end = this.#unwritten === 0 ? "" : this.#tail.slice(-this.#unwritten);
    const omitted = this.#unwritten - end.length;
    if (omitted > 0) this.#file?.write(`\n[cnibench: ${omitted} bytes are left out here]\n`);
    this.#file?.end(end, "latin1");
  }

  /** The last lines, on one; of a kernel that panicked, from the panic on. */
  describeLastLines(): string {
    const lines = this.#tail
      .split(/[\r\n]+/)
      .map((line) => printable(line.trim()))
      .filter((line) => line !== "");
    const panic = lines.findIndex((line) => line.includes("Kernel panic"));
    const lastLines = panic >= 0 ? lines.slice(panic, panic + MAX_LAST_LINES) : lines.slice(-MAX_LAST_LINES);
    return lastLines.length === 0
      ? "its console said nothing"
      : `its console said last: ${lastLines.join(" | ").slice(0, 500)}`;
  }
}
