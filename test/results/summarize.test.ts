import { describe, expect, it } from "vitest";
import type { Warning } from "../../core/warning-codes.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import type { Repetition, ResultRecord, RunFile } from "../../results/record.ts";
import { validator } from "../../results/run-schema.ts";
import { summarize } from "../../results/summarize.ts";
import type { Summary, SummaryCell } from "../../results/summary.ts";
import { inputOf, type SampleRun, sampleRun } from "../helpers/sample-run.ts";

const BRIDGE = "quick/tcp-1/bridge/netns/cross-node/throughput";
const HOST = "quick/tcp-1/host/netns/host/throughput";
const ADD = "quick/pods/bridge/netns/same-node/add-time";

const summaryOf = (loaded: LoadedRun): Summary => inputOf(loaded).summary;

function cell(summary: Summary, id: string): SummaryCell {
  const found = summary.cells.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no cell ${id}`);
  return found;
}

/** Returns the sample with other values of one cell, and only with the cells of its question. */
function withValues(sample: SampleRun, id: string, valueOf: (block: number, rep: number) => number): SampleRun {
  const replace = (record: ResultRecord): ResultRecord =>
    record.kind === "repetition" && record.cell === id
      ? { ...record, value: valueOf(record.block, record.rep) }
      : record;
  const { plan } = sample.run;
  const changed = plan.cells.find((each) => each.id === id);
  const cells = plan.cells.filter(
    ({ scenario, metric }) => scenario === changed?.scenario && metric === changed.metric,
  );
  return { ...sample, run: { ...sample.run, plan: { ...plan, cells } }, records: sample.records.map(replace) };
}

const codes = (warnings: readonly { code: string }[]) => warnings.map(({ code }) => code);

describe("summarize", () => {
  it("conforms to the published schema in every state of the run", () => {
    const check = validator("summary");
    const empty = { ...sampleRun(), records: [] };
    for (const sample of [
      sampleRun(),
      sampleRun({ blocks: 4, failure: "netperf died" }),
      sampleRun({ outcome: null, measuredBlocks: 4 }),
      empty,
    ]) {
      expect(check(JSON.parse(JSON.stringify(summaryOf(sample))))).toBeNull();
    }
  });

  it("omits cells, checks and warnings from the run", () => {
    const { run } = summaryOf(sampleRun());
    expect(run.plan).not.toHaveProperty("cells");
    expect(run.plan).not.toHaveProperty("checks");
    expect(run).not.toHaveProperty("warnings");
    expect(run.seed).toBe(42);
  });

  it("uses the median of the repetitions of each block, and blocks as the unit of replication", () => {
    const sample = withValues(sampleRun({ blocks: 6 }), ADD, (block, rep) => block + rep * 0.1);
    const { n, values, median, ci95 } = cell(summaryOf(sample), ADD);
    expect(n).toBe(6);
    expect(values.map((value) => Number(value.toFixed(6)))).toEqual([1.15, 2.15, 3.15, 4.15, 5.15, 6.15]);
    expect(median).toBeCloseTo(3.65, 9);
    expect(ci95?.map((value) => Number(value.toFixed(6)))).toEqual([1.15, 6.15]);
  });

  it("divides by the baseline of the same block to cancel drift", () => {
    const drifting = withValues(sampleRun({ blocks: 8 }), HOST, (block) => block * 10);
    const sample = withValues(drifting, BRIDGE, (block) => block * 5);
    const summary = summaryOf(sample);
    expect(cell(summary, BRIDGE).baselineRatio).toEqual({ median: 0.5, ci95: [0.5, 0.5] });
    expect(cell(summary, HOST).baselineRatio).toBeNull();
    expect(cell(summaryOf(sampleRun()), ADD).baselineRatio).toBeNull();
  });

  it("returns no interval and a warning for fewer than six blocks", () => {
    const few = cell(summaryOf(sampleRun({ blocks: 5 })), BRIDGE);
    expect(few.ci95).toBeNull();
    expect(codes(few.warnings)).toContain("too-few-blocks");
    expect(codes(cell(summaryOf(sampleRun({ blocks: 6 })), BRIDGE).warnings)).not.toContain("too-few-blocks");
  });

  it("uses the last record of a repetition", () => {
    const sample = sampleRun({ blocks: 6 });
    const again = sample.records.find(
      (record): record is Repetition => record.cell === BRIDGE && record.block === 2,
    ) as Repetition;
    const summary = summaryOf({ ...sample, records: [...sample.records, { ...again, value: 1 }] });
    expect(cell(summary, BRIDGE).values[1]).toBe(1);
    expect(cell(summary, BRIDGE).n).toBe(6);
  });
});

describe("a cell without all values", () => {
  it("fails with the first error instead of averaging the others", () => {
    const summary = summaryOf(sampleRun({ failure: "netperf: connection refused" }));
    const failed = summary.cells.filter(({ state }) => state === "failed");
    expect(new Set(failed.map(({ scenario, plugin, path }) => `${scenario} ${plugin} ${path}`))).toEqual(
      new Set(["rr-1 bridge cross-node"]),
    );
    for (const each of failed)
      expect(each).toMatchObject({ error: "netperf: connection refused", median: null, n: 0, values: [] });
    expect(
      summary.comparisons.some(
        ({ a, scenario, path }) => a === "bridge" && scenario === "rr-1" && path === "cross-node",
      ),
    ).toBe(false);
  });

  it("is skipped with the reason in the plan", () => {
    const skipped = cell(summaryOf(sampleRun()), "quick/pods/ptp/netns/same-node/check-time");
    expect(skipped).toMatchObject({ state: "skipped", reason: "ptp supports CHECK since version 1.2.0", n: 0 });
    expect(skipped).not.toHaveProperty("error");
  });

  it("is failed if a stored value is impossible", () => {
    const sample = withValues(sampleRun({ blocks: 6 }), BRIDGE, (block) => (block === 3 ? -5 : 1e9));
    expect(cell(summarize(sample.run, sample.records), BRIDGE)).toMatchObject({
      state: "failed",
      error: expect.stringContaining("impossible throughput of -5 bit/s") as string,
    });
  });

  it("is skipped if there was nothing to measure on the deployment, unless a repetition failed", () => {
    const sample = sampleRun({ blocks: 4 });
    const own = (record: ResultRecord): boolean => record.cell === BRIDGE;
    const outcomes = (change: (record: ResultRecord, i: number) => ResultRecord): SummaryCell =>
      cell(
        summaryOf({
          ...sample,
          records: [...sample.records.filter((record) => !own(record)), ...sample.records.filter(own).map(change)],
        }),
        BRIDGE,
      );
    const skip = (record: ResultRecord): ResultRecord =>
      ({ ...record, value: undefined, skip: "no name server" }) as ResultRecord;
    expect(outcomes(skip)).toMatchObject({ state: "skipped", reason: "no name server" });
    expect(outcomes((record, i) => (i === 0 ? skip(record) : record))).toMatchObject({
      state: "skipped",
      reason: "no name server",
      values: [],
    });
    expect(
      outcomes((record, i) => (i === 0 ? skip(record) : { ...record, value: undefined, error: "lost" })),
    ).toMatchObject({ state: "failed", error: "lost" });
  });

  it("is measured with a warning if an interrupted run has some blocks", () => {
    const summary = summaryOf(sampleRun({ blocks: 10, measuredBlocks: 7, outcome: "interrupted" }));
    const partial = cell(summary, BRIDGE);
    expect(partial).toMatchObject({ state: "measured", n: 7 });
    expect(partial.warnings[0]).toEqual({
      code: "incomplete",
      message: expect.stringMatching(/7 of 10 blocks .*interrupted/) as string,
    });
    expect(codes(summary.warnings)).toContain("unfinished");
  });

  it("ignores incomplete blocks", () => {
    const sample = sampleRun({ blocks: 8, measuredBlocks: 7, outcome: "interrupted" });
    const cut = sample.records.filter(({ cell: id, block, rep }) => !(id === ADD && block === 7 && rep === 2));
    expect(cell(summaryOf({ ...sample, records: cut }), ADD).n).toBe(6);
  });

  it("fails with the reason if nothing was measured", () => {
    const noRecords = { records: [], loadWarnings: [] };
    const errorOf = (outcome: RunFile["outcome"]) =>
      cell(summaryOf({ ...sampleRun({ outcome }), ...noRecords }), BRIDGE).error;
    expect(errorOf("interrupted")).toBe("not measured: the run was interrupted");
    expect(errorOf(null)).toBe("not measured: the run was interrupted");
    expect(errorOf("failed")).toBe("not measured: the run failed");
    expect(errorOf("complete")).toMatch(/^not measured: .*10 of 10 blocks$/);
  });
});

describe("warnings", () => {
  it("reports an outlier with its numbers and keeps it", () => {
    const sample = withValues(sampleRun(), BRIDGE, (block) => (block === 4 ? 50 : 100 + block / 10));
    const { warnings, min } = cell(summaryOf(sample), BRIDGE);
    expect(warnings.find(({ code }) => code === "outlier")?.message).toMatch(
      /^block 4 is 50 % below the median \(modified z-score -/,
    );
    expect(min).toBe(50);
  });

  it("reports a trend over the blocks only if there is one", () => {
    const drifting = withValues(sampleRun(), BRIDGE, (block) => 100 + block * 5);
    expect(codes(cell(summaryOf(drifting), BRIDGE).warnings)).toContain("trend");
    const steady = withValues(sampleRun(), BRIDGE, (block) => 100 + (block % 2) * 5);
    expect(codes(cell(summaryOf(steady), BRIDGE).warnings)).not.toContain("trend");
  });

  it("reports that the first repetition is the slowest of every block", () => {
    const slow = withValues(sampleRun(), ADD, (block, rep) => (rep === 1 ? 2 : 1) + block / 100);
    expect(codes(cell(summaryOf(slow), ADD).warnings)).toContain("slow-first");
    const fast = withValues(sampleRun(), ADD, (block, rep) => (rep === 1 ? 1 : 2) + block / 100);
    expect(codes(cell(summaryOf(fast), ADD).warnings)).not.toContain("slow-first");
  });

  it("includes the warnings of the records once", () => {
    const sample = sampleRun();
    const few: Warning = { code: "few-samples", message: "99 samples" };
    const records = sample.records.map((record) =>
      record.cell === BRIDGE && record.block <= 2 ? { ...record, warnings: [few] } : record,
    );
    expect(cell(summaryOf({ ...sample, records }), BRIDGE).warnings).toContainEqual({
      ...few,
      message: "99 samples (and in 1 more of 10 repetitions)",
    });
  });

  it("reports a load generator without spare CPU time once for the run", () => {
    const { cells, warnings } = summaryOf(sampleRun());
    expect(codes(cells.flatMap((each) => each.warnings))).not.toContain("generator-limited");
    expect(warnings.filter(({ code }) => code === "generator-limited")).toEqual([
      {
        code: "generator-limited",
        message: expect.stringMatching(/quick\/tcp-1\/same-node \(ptp\), quick\/tcp-1\/cross-node \(ptp\)$/) as string,
      },
    ]);
  });

  it("warns once that one host limits throughput, and never ranks emulated nodes", () => {
    expect(codes(summaryOf(sampleRun()).warnings).filter((code) => code === "same-host")).toHaveLength(1);
    const emulated = summaryOf(sampleRun({ emulated: true }));
    expect(emulated.comparisons).toEqual([]);
    expect(codes(emulated.warnings)).toContain("emulated");
  });
});

describe("conformance", () => {
  it("folds the blocks into one row per plugin, clause and version with the worst status", () => {
    const sample = sampleRun({ blocks: 6 });
    const rows = summaryOf(sample).conformance;
    expect(rows).toHaveLength(18);
    expect(rows.find(({ plugin, clause }) => plugin === "ptp" && clause === "check-address-gone")?.status).toBe("fail");

    const once = sample.records.map((record): ResultRecord => {
      const hit =
        record.kind === "check" &&
        record.cell === "quick/core/bridge/netns" &&
        record.block === 2 &&
        record.value?.clause === "version-honest";
      return hit && record.value !== undefined
        ? { ...record, value: { ...record.value, status: "fail", message: "VERSION lied" } }
        : record;
    });
    const row = summaryOf({ ...sample, records: once }).conformance.find(
      ({ plugin, clause }) => plugin === "bridge" && clause === "version-honest",
    );
    expect(row).toMatchObject({ status: "fail", message: "VERSION lied (in 1 of 6 checks)" });
  });

  it("warns about checks without a verdict", () => {
    const sample = sampleRun();
    const checks = sample.run.plan.checks.map((check) =>
      check.plugin === "ptp" ? { ...check, skip: "no recipe" } : check,
    );
    const run = { ...sample.run, plan: { ...sample.run.plan, checks } };
    const records = sample.records.filter(
      ({ cell: id }) => id !== "quick/core/bridge/netns" && id !== "quick/core/ptp/netns",
    );
    const { warnings } = summarize(run, records);
    expect(warnings).toContainEqual({
      code: "checks-skipped",
      message: "quick/core/ptp/netns was skipped: no recipe",
      check: "quick/core/ptp/netns",
    });
    expect(warnings).toContainEqual({
      code: "checks-failed",
      message: expect.stringMatching(/^quick\/core\/bridge\/netns gave no verdict: /) as string,
      check: "quick/core/bridge/netns",
    });
  });
});
