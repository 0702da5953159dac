/** Collects the bytes of one stream up to a limit and calls `onOverflow` once when the stream exceeds it. */
export class Capture {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly #onOverflow: () => void;
  #size = 0;
  #overflowed = false;

  constructor(limit: number, onOverflow: () => void) {
    this.#limit = limit;
    this.#onOverflow = onOverflow;
  }

  push(chunk: Buffer): void {
    if (this.#overflowed) return;
    const remaining = this.#limit - this.#size;
    this.#chunks.push(chunk.length > remaining ? chunk.subarray(0, remaining) : chunk);
    this.#size += Math.min(chunk.length, remaining);
    if (chunk.length > remaining) {
      this.#overflowed = true;
      this.#onOverflow();
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}
