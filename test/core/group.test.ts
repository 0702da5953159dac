import { expect, test } from "vitest";
import { groupBy } from "../../core/group.ts";

test("groups appear in the order of their first member, members in the given order", () => {
  const groups = groupBy([3, 10, 4, 1, 12], (n) => (n < 10 ? "one digit" : "two digits"));
  expect([...groups]).toEqual([
    ["one digit", [3, 4, 1]],
    ["two digits", [10, 12]],
  ]);
});

test("keys may be of any type, and no items give no groups", () => {
  expect([...groupBy(new Set([1, 2, 3]), (n) => n % 2).keys()]).toEqual([1, 0]);
  expect(groupBy([], String).size).toBe(0);
});
