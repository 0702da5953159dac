import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import type { Report } from "../../reports/report.ts";
import { validator } from "../../results/run-schema.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const render = async (...seeds: number[]) =>
  JSON.parse(await reports.json.render(seeds.map((seed) => inputOf(sampleRun({ seed }))))) as unknown;

describe("the json report", () => {
  it("is the summary with its documented keys", async () => {
    const summary = await render(1);
    expect(validator("summary")(summary)).toBeNull();
    expect(Object.keys(summary as object)).toEqual([
      "schemaVersion",
      "run",
      "cells",
      "conformance",
      "comparisons",
      "errorControl",
      "warnings",
    ]);
  });

  it("is an array for several runs", async () => {
    expect(await render(1, 2)).toHaveLength(2);
  });
});

describe("every report format", () => {
  it.each(Object.entries<Report>(reports))(
    "%s is registered under its name and renders a run without results",
    async (name, report) => {
      expect(report.name).toBe(name);
      expect(report.extension).toMatch(/^[a-z]+$/);
      const text = await report.render([inputOf({ ...sampleRun({ outcome: "interrupted" }), records: [] })]);
      expect(text.includes("not measured: the run was interrupted")).toBe(true);
    },
  );
});
