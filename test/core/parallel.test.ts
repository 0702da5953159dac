import { expect, test } from "vitest";
import { inParallel } from "../../core/parallel.ts";

test("processes all items within the limit and returns the results in order", async () => {
  let [active, maxActive] = [0, 0];
  const results = await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    maxActive = Math.max(maxActive, ++active);
    await new Promise((resolve) => setTimeout(resolve, item === 1 ? 10 : 2));
    active--;
    return item * 10;
  });
  expect(maxActive).toBe(3);
  expect(results).toEqual([10, 20, 30, 40, 50, 60, 70]);
});

test("starts no item after an error and waits for the items in progress", async () => {
  const started: number[] = [];
  const finished: number[] = [];
  const work = inParallel([1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    if (item === 1) throw new Error("first");
    await new Promise((resolve) => setTimeout(resolve, 5));
    finished.push(item);
  });
  await expect(work).rejects.toThrow("first");
  expect(started).toEqual([1, 2]);
  expect(finished).toEqual([2]);
});
