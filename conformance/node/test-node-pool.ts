/** Prepares the next test node while a test runs on another one: creating a node takes as long as many tests. */
import type { TestNode } from "./test-node.ts";

export class TestNodePool {
  readonly #create: () => Promise<TestNode>;
  #next: Promise<TestNode> | null = null;

  constructor(create: () => Promise<TestNode>) {
    this.#create = create;
  }

  /** Returns a new test node. @throws the errors of the function that creates it */
  take(): Promise<TestNode> {
    const node = this.#next ?? this.#create();
    this.#next = this.#create();
    this.#next.catch(() => undefined); // the next call throws it
    return node;
  }

  /** Removes the node that was prepared last. */
  async close(): Promise<void> {
    const node = await this.#next?.catch(() => null);
    this.#next = null;
    await node?.remove();
  }
}
