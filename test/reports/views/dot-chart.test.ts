import { expect, it } from "vitest";
import { type DotChart, dotChart, type DotRow, isLogarithmic } from "../../../reports/views/dot-chart.ts";
import { pluginStyles, styleOf } from "../../../reports/views/plugin-styles.ts";

const styles = pluginStyles(["bridge", "ptp"]);

const row = (panel: string, plugin: string, value: number | null): DotRow => ({
  ...{ panel, plugin: styleOf(styles, plugin), value },
  interval: value === null ? null : [value - 1, value + 1],
  points: value === null ? [] : [value - 2, value + 2],
  text: value === null ? "–" : `${value}`,
});

const CHART: DotChart = {
  rows: [row("host", "host", 30), row("cross-node", "bridge", null), row("cross-node", "ptp", 20)],
  unit: "Gbit/s",
  reference: 30,
};

it("draws a mark, an interval and points per row, in the order of the rows", async () => {
  const svg = await dotChart(CHART);
  await expect(svg).toMatchFileSnapshot("dot-chart.svg");
  const texts = [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text);
  expect(texts.filter((text) => ["host", "bridge", "ptp"].includes(text ?? ""))).toEqual([
    ...["host", "host", "bridge", "ptp"],
  ]);
});

it("uses only CSS variables and the color of the text", async () => {
  const colors = [...(await dotChart(CHART)).matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, color]) => color ?? "");
  for (const color of colors) expect(color).toMatch(/^(none|currentColor|transparent|var\(--(p\d|paper)\))$/);
});

it("has a logarithmic axis for positive values of several orders of magnitude only", () => {
  const chart = (...values: number[]): DotChart => ({
    rows: values.map((value) => ({ ...row("a", "ptp", value), interval: null, points: [] })),
    unit: "s",
  });
  expect(isLogarithmic(chart(1, 49))).toBe(false);
  expect(isLogarithmic(chart(1, 51))).toBe(true);
  expect(isLogarithmic(chart(0, 51))).toBe(false);
  expect(isLogarithmic({ ...chart(1, 51), fromZero: true })).toBe(false);
  expect(isLogarithmic(chart())).toBe(false);
});

it.each([[1e-12], [1e300], [0], [-5]])("draws %d", async (value) => {
  expect(await dotChart({ rows: [row("a", "ptp", value)], unit: "s" })).not.toMatch(/NaN|Infinity|undefined/);
});

it("keeps all decimals of values", async () => {
  const svg = await dotChart({ rows: [{ ...row("a", "ptp", 2), text: "0.0484 [0.0481, 0.0487]" }], unit: "cores" });
  expect(svg).toContain(">0.0484 [0.0481, 0.0487]</text>");
});
