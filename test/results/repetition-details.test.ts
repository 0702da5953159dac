/** Reads stored series and distributions, and refuses invalid ones with their line. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadRun } from "../../results/load-run.ts";
import { type Distribution, roundDetail, type Series } from "../../results/repetition-details.ts";
import type { Repetition, ResultRecord } from "../../results/record.ts";
import { redactLoaded, redactor } from "../../results/redact.ts";
import { createRun, reopenRun } from "../../results/store.ts";
import { requireLoadedRun } from "../../results/untrusted-run.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const sample = sampleRun({ blocks: 2 });
const plain = sample.records.find(({ kind, value }) => kind === "repetition" && value !== undefined) as Repetition;
const check = sample.records.find(({ kind }) => kind === "check") as ResultRecord;
const series: Series = { name: "throughput", unit: "bit/s", start: -0.2, interval: 0.1, values: [1e9, null, 2e9] };
const latency: Distribution = { name: "latency", unit: "s", samples: 3, levels: [0, 0.5, 1], values: [1, 1, 2] };

/** Stores a run whose second line is this record, and returns the loaded records. */
async function load(second: object): Promise<readonly ResultRecord[]> {
  const dir = temporaryDir();
  const store = await createRun(dir, sample.run);
  store.append(sample.records[0] as ResultRecord);
  appendFileSync(join(dir, "results.jsonl"), `${JSON.stringify(second)}\n`);
  return [...(await loadRun(dir)).records];
}

describe("series and distributions", () => {
  const detailed = { ...plain, block: 2, series: [series], distributions: [latency] };

  it("are read as stored, and survive a redaction", async () => {
    expect((await load(detailed))[1]).toEqual(detailed);
    const redact = redactor({ home: "/home/throughput", host: "latency", user: "throughput" });
    const { records } = redactLoaded({ ...sample, records: [detailed] }, redact);
    expect([...records]).toEqual([detailed]);
  });

  it("are kept by a session that resumes the run", async () => {
    const dir = temporaryDir();
    (await createRun(dir, sample.run)).append(detailed);
    appendFileSync(join(dir, "results.jsonl"), '{"kind":"repet');
    reopenRun(dir, 1, 2).append({ ...detailed, sitting: 2, block: 1 });
    expect([...(await loadRun(dir)).records]).toEqual([detailed, { ...detailed, sitting: 2, block: 1 }]);
  });

  const many = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  it("have limits", async () => {
    const levels = many(100).map((index) => index / 100);
    const largest = {
      series: [{ ...series, values: many(600) }],
      distributions: [{ ...latency, levels, values: many(100) }],
    };
    expect((await load({ ...detailed, ...largest }))[1]).toMatchObject(largest);
  });

  it.each<[string, object]>([
    ["601 values", { series: [{ ...series, values: many(601) }] }],
    ["no values", { series: [{ ...series, values: [] }] }],
    ["a text as a value", { series: [{ ...series, values: ["1"] }] }],
    ["an interval of 0", { series: [{ ...series, interval: 0 }] }],
    ["no series", { series: [] }],
    ["9 series", { series: many(9).map(() => series) }],
    ["101 levels", { distributions: [{ ...latency, levels: many(101).map((i) => i / 200), values: many(101) }] }],
    ["a level above 1", { distributions: [{ ...latency, levels: [0, 0.5, 1.1] }] }],
    ["a missing value", { distributions: [{ ...latency, values: [1, 2] }] }],
    ["a missing name", { distributions: [{ ...latency, names: ["P50", "P90"] }] }],
    ["levels that do not ascend", { distributions: [{ ...latency, levels: [0, 0.5, 0.5] }] }],
    ["values that descend", { distributions: [{ ...latency, values: [1, 3, 2] }] }],
    ["null as a quantile", { distributions: [{ ...latency, values: [1, null, 2] }] }],
  ])("are refused with %s, with the line", async (_, fields) => {
    await expect(load({ ...detailed, ...fields })).rejects.toThrow(/results\.jsonl:2 .*\/(series|distributions)/);
    expect(() => requireLoadedRun({ ...sample, records: [{ ...detailed, ...fields }] }, "page")).toThrow("record 1");
  });

  it("are refused without a value, and with the verdict of a check", async () => {
    await expect(load({ ...detailed, value: undefined, error: "no route" })).rejects.toThrow(/results\.jsonl:2 /);
    await expect(load({ ...check, series: [series] })).rejects.toThrow(/results\.jsonl:2 .*\/series/);
  });
});

it("values have six significant digits", () => {
  expect([roundDetail(15_345_678_901), roundDetail(0.00012345678), roundDetail(0)]).toEqual([
    15345700000, 0.000123457, 0,
  ]);
});
