/** Collects the bytes of one stream up to a limit and calls `onOverflow` once when the stream exceeds it. */
export class Capture {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly #onOverflow: () => void;
  readonly #onChunk: (chunk: Buffer) => void;
  #size = 0;
  #overflowed = false;

  /** @param onChunk receives every chunk up to the limit, when it arrives */
  constructor(limit: number, onOverflow: () => void, onChunk: (chunk: Buffer) => void = () => undefined) {
    this.#limit = limit;
    this.#onOverflow = onOverflow;
    this.#onChunk = onChunk;
  }

  push(chunk: Buffer): void {
    if (this.#overflowed) return;
    const remaining = this.#limit - this.#size;
    const kept = chunk.length > remaining ? chunk.subarray(0, remaining) : chunk;
    this.#chunks.push(kept);
    this.#size += kept.length;
    this.#onChunk(kept);
    if (chunk.length > remaining) {
      this.#overflowed = true;
      this.#onOverflow();
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}
