/**
 * The test nodes of one worker. Creating a node takes as long as many tests, and removing one as long as some, so both
 * happen while a test runs on another node.
 */
import type { TestNode } from "./test-node.ts";

export class TestNodePool {
  readonly #create: () => Promise<TestNode>;
  readonly #unused: TestNode[] = [];
  #next: Promise<TestNode> | null = null;
  #removal: Promise<void> = Promise.resolve();

  constructor(create: () => Promise<TestNode>) {
    this.#create = create;
  }

  /** Returns a node on which no test ran a command. @throws the errors of the function that creates it */
  async take(): Promise<TestNode> {
    const unused = this.#unused.pop();
    if (unused !== undefined) return unused;
    const node = this.#next ?? this.#create();
    this.#next = this.#create();
    this.#next.catch(() => undefined); // the next call throws it
    return node;
  }

  /** Takes a node back: removes it in the background, or keeps it if the test ran no command on it. */
  async release(node: TestNode): Promise<void> {
    if (node.isUnused()) this.#unused.push(node);
    else {
      await this.#removal;
      this.#removal = node.remove();
    }
  }

  /** Removes all nodes. Call it after the last test. */
  async close(): Promise<void> {
    const next = await this.#next?.catch(() => null);
    this.#next = null;
    const nodes = [...this.#unused.splice(0), next ?? []].flat();
    await Promise.all([this.#removal, ...nodes.map((node) => node.remove())]);
  }
}
