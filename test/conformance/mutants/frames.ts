/** Messages over a socket: four bytes of length, then strings that are separated by zero bytes. */
import type { Socket } from "node:net";

export class Frames {
  /** Whether the peer has closed the connection. */
  ended = false;
  readonly #socket: Socket;
  #buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    const end = (): void => {
      this.ended = true;
      this.#wake();
    };
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake();
    });
    socket.on("end", end).on("close", end).on("error", end);
  }

  send(...texts: readonly string[]): void {
    const body = Buffer.from(texts.join("\0"));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(body.length);
    this.#socket.write(Buffer.concat([size, body]));
  }

  /** Returns the next message. @throws Error if the connection ends before it */
  async next(): Promise<readonly string[]> {
    for (;;) {
      const end = this.#buffer.length < 4 ? Infinity : 4 + this.#buffer.readUInt32BE(0);
      if (this.#buffer.length >= end) {
        const body = this.#buffer.subarray(4, end).toString();
        this.#buffer = this.#buffer.subarray(end);
        return body.split("\0");
      }
      if (this.ended) throw new Error("the stub closed the connection");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
