import { describe, expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import {
  embed,
  embeddedInput,
  embeddedRuns,
  isLarge,
  limitSamples,
  withoutData,
} from "../../../reports/html/embedded.ts";
import type { ReportInput } from "../../../reports/report.ts";
import type { ResultRecord } from "../../../results/record.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const NO_DIGESTS = { "run.json": null, "results.jsonl": null, "raw.sha256": null };
const sample = { ...inputOf(sampleRun({ blocks: 2 })), digests: NO_DIGESTS };

/** Returns the sample with as many samples as a large run, in its summary. */
function large(): ReportInput {
  const cells = sample.summary.cells.map((cell) => ({ ...cell, n: cell.state === "measured" ? 1000 : 0 }));
  const many = Array.from({ length: 60_000 / (1000 * cells.length) + 1 }, () => cells).flat();
  return { ...sample, summary: { ...sample.summary, cells: many } };
}

const restore = (text: string): ReportInput[] => embeddedRuns(text, "page").map((run) => embeddedInput(run, "page"));

describe("the data in a page", () => {
  it("are the stored run, from which the summary follows", () => {
    const text = embed(sample).text;
    expect(restore(`<p>1</p>${text}\n${text}`)).toEqual([sample, sample]);
    expect(withoutData(text)).toMatch(/^<data [0-9a-f]{64}>$/);
  });

  it("of a large run are its summary without samples", () => {
    const input = large();
    expect([isLarge(sample), isLarge(input)]).toEqual([false, true]);
    const limited = limitSamples(input);
    expect(limited.records).toEqual([]);
    expect(limited.summary.cells.flatMap(({ values }) => values)).toEqual([]);
    expect(restore(embed(limited).text)).toEqual([limited]);
    expect(limitSamples(limited)).toEqual(limited);
    expect(limitSamples(sample)).toBe(sample);
  });

  it("have no series and distributions if there are too many", () => {
    const values = Array.from({ length: 600 }, (_, index) => index);
    const details = { series: [{ name: "throughput", unit: "bit/s", start: 0, interval: 1, values }] };
    const [first, ...others] = sample.records as readonly ResultRecord[];
    const detailed = { ...sample, records: [{ ...first, ...details } as ResultRecord, ...others] };
    expect(limitSamples(detailed)).toBe(detailed);
    expect(restore(embed(detailed).text)).toEqual([detailed]);
    const many = Array.from({ length: 334 }, () => detailed.records).flat();
    const limited = limitSamples({ ...detailed, records: many });
    expect(limited.records).toEqual(
      Array.from({ length: 334 }, () => sample.records as readonly ResultRecord[]).flat(),
    );
    expect(limitSamples(limited)).toBe(limited);
  });

  it("are rejected if they are damaged, or those of another program", () => {
    const text = embed(sample).text;
    expect(embeddedRuns("<html>", "page")).toEqual([]);
    const otherDigest = text.replace(/[0-9a-f]{64}/, "0".repeat(64));
    expect(() => embeddedRuns(otherDigest, "page")).toThrow(/embedded data of run 1 differs from its SHA-256/);
    expect(() => embeddedRuns(text.replace('value="H4sI', 'value="AAAA'), "page")).toThrow(/is damaged/);
    for (const other of ["null", "{}", '{"run":{}}', JSON.stringify({ ...sample, records: [{}] })])
      expect(() => embeddedInput({ version: "0", text: other }, "page")).toThrow(UsageError);
  });
});
