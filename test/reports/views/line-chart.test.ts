import { expect, it } from "vitest";
import { lineChart, type LinePanel } from "../../../reports/views/line-chart.ts";
import { pluginStyles } from "../../../reports/views/plugin-styles.ts";

const lines = pluginStyles(["bridge", "ptp"]).map((plugin, index) => ({
  plugin,
  points: [1, 2, 3].map((x) => ({ x, y: x + index, low: x + index - 0.5, high: x + index + 0.5 })),
}));
const panel = (title: string): LinePanel => ({ title, unit: "ms", domain: [0, 6], type: "linear", lines });

it("draws a panel per path with one legend for all", async () => {
  const svg = await lineChart({
    panels: [panel("same-node"), { ...panel("cross-node"), diagonal: true }],
    ...{ columns: 2, x: { title: "Mbit/s", type: "linear", values: [1, 2, 3] }, marked: true },
  });
  await expect(svg).toMatchFileSnapshot("line-chart.svg");
  for (const label of ["host", "bridge", "ptp", "same-node", "cross-node"])
    expect(svg.split(`>${label}</text>`).length, label).toBe(2);
});

it("draws plugins with the names of members of all objects", async () => {
  const plugins = pluginStyles(["constructor", "__proto__"]);
  const inherited = plugins.map((plugin) => ({ plugin, points: lines[0]?.points ?? [] }));
  const chart = { columns: 1, x: { title: "", type: "linear" }, marked: false } as const;
  expect(await lineChart({ ...chart, panels: [{ ...panel("p"), lines: inherited }] })).toContain(">constructor");
});
