import { describe, expect, it } from "vitest";
import {
  formatChange,
  formatNumber,
  formatP,
  formatPercent,
  formatRatio,
  formatValue,
  scaleFor,
  commonScale,
} from "../../reports/format.ts";

describe("formatValue", () => {
  it("chooses the SI prefix", () => {
    expect(formatValue(12.34e9, "bit/s")).toBe("12.3 Gbit/s");
    expect(formatValue(999_000, "bit/s")).toBe("999 kbit/s");
    expect(formatValue(45.2e-6, "s")).toBe("45.2 µs");
    expect(formatValue(0.0431, "s")).toBe("43.1 ms");
    expect(formatValue(2, "s")).toBe("2 s");
    expect(formatValue(0.04567, "cores per Gbit/s")).toBe("0.0457 cores per Gbit/s");
  });

  it("keeps the bytes of an MTU and counts as integers", () => {
    expect(formatValue(1500, "B")).toBe("1500 B");
    expect(formatValue(16_384_000_000, "B")).toBe("16.4 GB");
    expect(formatValue(7, "1")).toBe("7");
    expect(formatValue(0, "bit/s")).toBe("0 bit/s");
  });

  it("shows as many digits as the interval supports", () => {
    expect(formatValue(12.345678e9, "bit/s", [12.3e9, 12.4e9])).toBe("12.35 Gbit/s");
    expect(formatValue(12.345678e9, "bit/s", [11e9, 14e9])).toBe("12.3 Gbit/s");
    expect(formatValue(12.345678e9, "bit/s", [2e9, 28e9])).toBe("12 Gbit/s");
  });

  it("groups thousands with a narrow no-break space", () => {
    expect(formatValue(38_630, "1/s")).toBe("38\u202f630 per s");
    expect(formatValue(1_234_567, "1/s")).toBe("1\u202f234\u202f567 per s");
  });

  it("keeps an unknown unit", () => {
    expect(formatValue(3.14159, "furlongs")).toBe("3.14 furlongs");
  });
});

describe("scales", () => {
  it("use one prefix and one precision for values shown together", () => {
    expect(scaleFor("s", [900e-6, 1.2e-3]).unit).toBe("ms");
    const cells = [
      { median: 24.3e9, ci95: [23.5e9, 24.9e9] },
      { median: 5e9, ci95: [4.9e9, 5.1e9] },
      { median: 9e8, ci95: null },
    ] as const;
    const scale = commonScale("bit/s", cells);
    expect(cells.map(({ median, ci95 }) => formatNumber(median, scale, ci95))).toEqual(["24.3", "5.0", "0.9"]);
    expect(scale.unit).toBe("Gbit/s");
  });
});

describe("ratios, changes and p", () => {
  it("are formatted with the precision that their interval supports", () => {
    expect(formatRatio(0.9341)).toBe("0.934");
    expect(formatRatio(0.9341, [0.91, 0.96])).toBe("0.934");
    expect(formatChange(0.92)).toBe("−8.0 %");
    expect(formatChange(1.234)).toBe("+23 %");
    expect(formatChange(1)).toBe("0.0 %");
    expect(formatPercent(0.0123)).toBe("1.2 %");
    expect(formatP(0.0123)).toBe("p = 0.012");
    expect(formatP(0.00001)).toBe("p < 0.001");
    expect(formatP(0.4)).toBe("p > 0.05");
  });
});
