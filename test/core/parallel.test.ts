import { expect, test } from "vitest";
import { inParallel } from "../../core/parallel.ts";

test("never more at a time than the limit, all of them, and the results in their order", async () => {
  let [now, most] = [0, 0];
  const done = await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, item === 1 ? 10 : 2));
    now--;
    return item * 10;
  });
  expect(most).toBe(3);
  expect(done).toEqual([10, 20, 30, 40, 50, 60, 70]);
});

test("after an error nothing more is begun, and what has begun ends first", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = inParallel([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("first");
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push(item);
  });
  await expect(work).rejects.toThrow("first");
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});
