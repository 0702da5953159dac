import { describe, expect, it } from "vitest";
import { columnName, compareValues, nextSort, sortValue } from "../../../../reports/html/script/order.js";

describe("the order of rows", () => {
  it("names a column without its unit", () => {
    expect(["Median (Gbit/s)", "95 % CI", "Ratio to host", "n", "中位数 (s)"].map(columnName)).toEqual([
      "median",
      "95-ci",
      "ratio-to-host",
      "n",
      "中位数",
    ]);
  });

  it("compares numbers by size, text by letters, and puts missing values last in both directions", () => {
    const texts = ["10", "", "9", "-1e-3", "b", "A"];
    const sorted = (descending: boolean) => texts.map(sortValue).sort((a, b) => compareValues(a, b, descending));
    expect(sorted(false)).toEqual([-0.001, 9, 10, "A", "b", ""]);
    expect(sorted(true)).toEqual([10, 9, -0.001, "b", "A", ""]);
  });

  it("changes from ascending to descending to the order of the plan", () => {
    expect(nextSort("", "n")).toBe("n");
    expect(nextSort("n", "n")).toBe("-n");
    expect(nextSort("-n", "n")).toBe("");
    expect(nextSort("-median", "n")).toBe("n");
  });
});
