import { expect, test } from "vitest";
import { linkWarnings } from "../../runners/link.ts";

test("a throughput that fills the link is told with its share", () => {
  expect(linkWarnings(956e6, 1e9)).toEqual([
    {
      code: "link-limited",
      message: "the throughput is 96 % of the 1000 Mbit/s that the link carries: compare cpu-per-gbit instead",
    },
  ]);
});

test("one below 95 %, or on a link without a limit, is not", () => {
  expect(linkWarnings(949e6, 1e9)).toEqual([]);
  expect(linkWarnings(5e10, null)).toEqual([]);
});
