import { expect, it } from "vitest";
import { METRIC_NAMES } from "../../../core/metrics.ts";
import { metricLabel } from "../../../reports/language/metric-labels.ts";

it("names every metric differently in both languages", () => {
  const labels = METRIC_NAMES.map(metricLabel);
  for (const { en, zh } of labels)
    expect([en, zh]).toEqual([expect.stringMatching(/^[A-Z]/), expect.stringMatching(/\p{Script=Han}/u)]);
  for (const language of ["en", "zh"] as const)
    expect(new Set(labels.map((label) => label[language])).size).toBe(METRIC_NAMES.length);
});

it.each(["converge-time", "constructor"])("keeps the unknown name %s", (name) => {
  expect(metricLabel(name)).toEqual({ en: name, zh: name });
});
