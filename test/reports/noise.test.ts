import { expect, it } from "vitest";
import { noiseSection } from "../../reports/html/noise-section.ts";
import { joinSentences } from "../../reports/language/text.ts";
import { NOISE_COLUMNS, noiseRows, noiseSentences } from "../../reports/noise.ts";
import { md } from "../../reports/md.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";
import { sampleMetric, sampleNoiseCard } from "../helpers/sample-noise-card.ts";

/** Returns the row of one metric by column. */
function row(given: Parameters<typeof sampleMetric>[0] = {}): Record<string, string | undefined> {
  const [cells = []] = noiseRows(sampleNoiseCard({ metrics: [sampleMetric(given)] }));
  return Object.fromEntries(NOISE_COLUMNS.map((name, i) => [name.en, cells[i]?.en]));
}

it("shows each figure of a metric", () => {
  expect(row()).toEqual({
    Metric: "tcp-1: Throughput",
    Path: "cross-node",
    Median: "20 Gbit/s",
    "Between deployments": "3.0 %",
    "Within a deployment": "2.0 %",
    Drift: "−2.0 %",
    Modes: "1",
    "Between runs": "one run",
    "To show 10 %": "6 blocks, 2 min",
  });
});

it.each([
  [{ within: null }, "Within a deployment", /not measured/],
  [{ modes: null }, "Modes", /^not assessed$/],
  [{ modes: { count: 2, p: 0.01 } as const }, "Modes", /^2 or more .*0\.01/],
  [{ betweenRuns: 0.04 }, "Between runs", /^4\.0 %$/],
  [{ drifts: true }, "Drift", /trend/],
  [{ busy: true }, "Metric", /busy/],
  [{ paired: 50 }, "To show 10 %", /more than 1000/],
])("shows %j in column %s", (given, column, expected) => {
  expect(row(given)[column]).toMatch(expected);
});

it("names the conditions", () => {
  expect(joinSentences(noiseSentences(sampleNoiseCard())).en).toMatch(
    /2026-03-01 12:00 UTC: bridge .* netns.* 1 run of 10 blocks/,
  );
});

it("escapes the names of a card, and omits the section without one", () => {
  const card = sampleNoiseCard({ plugin: "<b>", metrics: [sampleMetric({ scenario: "<img src=x>" })] });
  const text = noiseSection(card)?.text ?? "";
  expect(text).toContain("&#60;img src=x&#62;");
  expect(text).not.toMatch(/<img|<b>/);
  expect(noiseSection(undefined)).toBeNull();
});

it("is part of the md report of a run with a card", async () => {
  const loaded = sampleRun({ blocks: 6 });
  const run = Object.fromEntries(
    Object.entries(loaded.run).filter(([key]) => key !== "noiseCard"),
  ) as unknown as typeof loaded.run;
  expect(await md.render([inputOf(loaded)])).toContain("6 blocks, 2 min");
  expect(await md.render([inputOf({ ...loaded, run })])).not.toContain("Noise of this machine");
});
