/**
 * The test nodes of one worker. Creating a node takes as long as many tests, and observing and removing one as long as
 * some, so all of that happens while a test runs on another node.
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

  /**
   * Takes a node back: removes it in the background, or keeps it if the test ran no command on it.
   * @param observe reads what the test left on the node, before its removal
   */
  async release(node: TestNode, observe: () => Promise<void>): Promise<void> {
    if (node.isUnused()) this.#unused.push(node);
    else {
      await this.#removal;
      this.#removal = observe().finally(() => node.remove());
      this.#removal.catch(() => undefined); // the next call throws it
    }
  }

  /** Waits until every node that was taken back has been observed and removed. */
  async settle(): Promise<void> {
    await this.#removal;
  }

  /** Removes all nodes. Call it after the last test. */
  async close(): Promise<void> {
    const next = await this.#next?.catch(() => null);
    this.#next = null;
    const nodes = [...this.#unused.splice(0), next ?? []].flat();
    await Promise.all([this.settle(), ...nodes.map((node) => node.remove())]);
  }
}
