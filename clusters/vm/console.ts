/** The serial console of a node: kept in a file, watched for a line, and its last lines told when the node is lost. */
import { createWriteStream } from "node:fs";
import { printable } from "../../core/errors.ts";

/** Bytes: what a node says more is not kept. */
const MAX_FILE = 4 * 2 ** 20;
const MAX_TAIL = 8192;
const LAST_LINES = 3;

export class Console {
  readonly #file: ReturnType<typeof createWriteStream> | null;
  readonly #marker: string;
  #written = 0;
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
    if (this.#written < MAX_FILE) this.#file?.write(chunk);
    this.#written += chunk.length;
    this.#tail = (this.#tail + chunk.toString("latin1")).slice(-MAX_TAIL);
    if (this.#tail.includes(this.#marker)) this.#found();
  }

  close(): void {
    this.#file?.end();
  }

  /** The last lines, on one; of a kernel that panicked, from the panic on. */
  lastWords(): string {
    const lines = this.#tail.split(/[\r\n]+/).map((line) => printable(line.trim())).filter((line) => line !== "");
    const panic = lines.findIndex((line) => line.includes("Kernel panic"));
    const said = panic >= 0 ? lines.slice(panic, panic + LAST_LINES) : lines.slice(-LAST_LINES);
    return said.length === 0 ? "its console said nothing" : `its console said last: ${said.join(" | ").slice(0, 500)}`;
  }
}
