import { expect, test } from "vitest";
import type { TestNode } from "../../../conformance/node/test-node.ts";
import { TestNodePool } from "../../../conformance/node/test-node-pool.ts";

const nothing = (): Promise<void> => Promise.resolve();

/** A pool of fake nodes, and the names of those that were created and removed. */
function createPool(): { pool: TestNodePool; created: string[]; removed: string[]; use: (node: TestNode) => void } {
  const [created, removed]: [string[], string[]] = [[], []];
  const used = new Set<TestNode>();
  const pool = new TestNodePool(() => {
    const name = `node${created.length + 1}`;
    created.push(name);
    const node: Partial<TestNode> = {
      isUnused: () => !used.has(node as TestNode),
      remove: async () => void removed.push(name),
    };
    return Promise.resolve(node as TestNode);
  });
  return { pool, created, removed, use: (node) => used.add(node) };
}

test("the next node is created while a test runs", async () => {
  const { pool, created, use } = createPool();
  const first = await pool.take();
  expect(created).toEqual(["node1", "node2"]);
  use(first);
  await pool.release(first, nothing);
  expect(await pool.take()).not.toBe(first);
});

test("a node on which a test ran a command is removed, another one is used again", async () => {
  const { pool, created, removed, use } = createPool();
  const node = await pool.take();
  await pool.release(node, nothing);
  expect(await pool.take()).toBe(node);
  expect([created.length, removed]).toEqual([2, []]);
  use(node);
  await pool.release(node, () => Promise.resolve(void removed.push("observed")));
  await pool.settle();
  expect(removed).toEqual(["observed", "node1"]);
});

test("a node is removed although it cannot be observed, and the failure is reported", async () => {
  const { pool, removed, use } = createPool();
  const node = await pool.take();
  use(node);
  await pool.release(node, () => Promise.reject(new Error("no agent")));
  await expect(pool.settle()).rejects.toThrow("no agent");
  expect(removed).toEqual(["node1"]);
});

test("all nodes are removed at the end", async () => {
  const { pool, created, removed, use } = createPool();
  const nodes = [await pool.take(), await pool.take()];
  use(nodes[0]!);
  for (const node of nodes) await pool.release(node, nothing);
  await pool.close();
  expect(removed.toSorted()).toEqual(created.toSorted());
});

test("a node that cannot be created fails the test that needs it, not the one before it", async () => {
  let count = 0;
  const node: Partial<TestNode> = { isUnused: () => false, remove: () => Promise.resolve() };
  const pool = new TestNodePool(() =>
    ++count === 2 ? Promise.reject(new Error("no memory")) : Promise.resolve(node as TestNode),
  );
  await pool.release(await pool.take(), nothing);
  await expect(pool.take()).rejects.toThrow("no memory");
  await pool.close();
});
