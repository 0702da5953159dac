/** The serial console of a node: kept in a file, watched for a line, and its last lines told when the node is lost. */
import { createWriteStream } from "node:fs";
import { printable } from "../../core/errors.ts";

/** Bytes: of what a node says more only the end is kept. */
const MAX_FILE = 4 * 2 ** 20;
const MAX_TAIL = 8192;
const LAST_LINES = 3;

export class Console {
  readonly #file: ReturnType<typeof createWriteStream> | null;
  readonly #marker: string;
  #written = 0;
  /** Bytes that were said since the file was full. */
  #unwritten = 0;
  #tail = "";
  #found: () => void = () => undefined;
  /** Resolves when the marker was said. */
  readonly found: Promise<void>;

  /** @param file what it says is added to it; null: it is not kept. */
  constructor(file: string | null, marker: string) {
    this.#file = file === null ? null : createWriteStream(file, { flags: "a" });
    this.#file?.on("error", () => undefined); // a full disk shows in the results first
    this.#marker = marker;
    this.found = new Promise((resolve) => (this.#found = resolve));
  }

  push(chunk: Buffer): void {
    if (this.#written < MAX_FILE) {
      this.#file?.write(chunk);
      this.#written += chunk.length;
    } else this.#unwritten += chunk.length;
    this.#tail = (this.#tail + chunk.toString("latin1")).slice(-MAX_TAIL);
    if (this.#tail.includes(this.#marker)) this.#found();
  }

  /** What a lost node said last is in the file, however much it said before. */
  close(): void {
    const end = this.#unwritten === 0 ? "" : this.#tail.slice(-this.#unwritten);
    const leftOut = this.#unwritten - end.length;
    if (leftOut > 0) this.#file?.write(`\n[cnibench: ${leftOut} bytes are left out here]\n`);
    this.#file?.end(end, "latin1");
  }

  /** The last lines, on one; of a kernel that panicked, from the panic on. */
  lastWords(): string {
    const lines = this.#tail
      .split(/[\r\n]+/)
      .map((line) => printable(line.trim()))
      .filter((line) => line !== "");
    const panic = lines.findIndex((line) => line.includes("Kernel panic"));
    const said = panic >= 0 ? lines.slice(panic, panic + LAST_LINES) : lines.slice(-LAST_LINES);
    return said.length === 0 ? "its console said nothing" : `its console said last: ${said.join(" | ").slice(0, 500)}`;
  }
}
