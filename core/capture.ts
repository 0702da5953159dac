/** Collects the bytes of one stream up to a limit, and says so once when there are more. */
export class Capture {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly #onOverflow: () => void;
  #size = 0;
  #full = false;

  constructor(limit: number, onOverflow: () => void) {
    this.#limit = limit;
    this.#onOverflow = onOverflow;
  }

  push(chunk: Buffer): void {
    if (this.#full) return;
    const room = this.#limit - this.#size;
    this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#size += Math.min(chunk.length, room);
    if (chunk.length > room) {
      this.#full = true;
      this.#onOverflow();
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}
