/** Distributions and series over the blocks of a run. */
import { describe, expect, it } from "vitest";
import type { PlannedCell, Repetition, ResultRecord } from "../../results/record.ts";
import { blockSeries, distributionBands, valueBands } from "../../results/repetition-bands.ts";
import type { Distribution, RepetitionDetails } from "../../results/repetition-details.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run, records } = sampleRun({ blocks: 6 });
const cellOf = (scenario: string, metric: string): PlannedCell =>
  run.plan.cells.find((cell) => cell.scenario === scenario && cell.metric === metric && cell.plugin === "bridge")!;
const TRANSACTIONS = cellOf("rr-1", "transactions");
const ADD_TIME = cellOf("pods", "add-time");

/** Returns the records, with details on those of the cell. */
function detailed(cell: PlannedCell, detailsOf: (record: Repetition) => RepetitionDetails): ResultRecord[] {
  return records.map((record) =>
    record.kind === "repetition" && record.cell === cell.id ? { ...record, ...detailsOf(record) } : record,
  );
}

function latency(values: readonly number[], levels: readonly number[] = [0, 0.5, 1]): Distribution {
  return { name: "latency", unit: "s", samples: 100, levels, values };
}

describe("distributionBands", () => {
  it("has the median of the blocks and its interval, for each level of all blocks", () => {
    const [bands, ...others] = distributionBands(
      run,
      detailed(TRANSACTIONS, ({ block }) => ({
        distributions: [block === 3 ? latency([3, 30], [0, 0.5]) : latency([block, 10 * block, 99])],
      })),
    );
    expect(others).toEqual([]);
    expect(bands).toMatchObject({ cell: TRANSACTIONS, name: "latency", unit: "s", samples: 600, blocks: 6 });
    expect(bands?.isFromTool).toBe(false);
    expect(bands?.quantiles).toEqual([
      { level: 0, median: 3.5, ci95: [1, 6] },
      { level: 0.5, median: 35, ci95: [10, 60] },
    ]);
  });

  it("takes the median of the repetitions of a block, and separates quantities", () => {
    const [latencies, connects] = distributionBands(
      run,
      detailed(ADD_TIME, ({ rep }) => ({
        distributions: [
          latency([rep, rep, rep]),
          { ...latency([1, 1, 1]), name: "connect-time", names: ["a", "b", "c"] },
        ],
      })),
    );
    expect(latencies).toMatchObject({ name: "latency", samples: 1200, blocks: 6 });
    expect(latencies?.quantiles.map((each) => each.median)).toEqual([1.5, 1.5, 1.5]);
    expect(connects).toMatchObject({ name: "connect-time", isFromTool: true });
  });

  it("has no interval with fewer than six blocks, and nothing of a failed cell or an older run", () => {
    const details = { distributions: [latency([1, 2, 3])] };
    const unfinished = { ...run, outcome: "interrupted" as const };
    const withDetails = detailed(TRANSACTIONS, () => details);
    const some = withDetails.filter(({ block }) => block < 3);
    expect(distributionBands(unfinished, some)[0]?.quantiles[0]).toEqual({ level: 0, median: 1, ci95: null });
    const failing = withDetails.map((record): ResultRecord => {
      if (record.cell !== TRANSACTIONS.id || record.block !== 2) return record;
      const { kind, cell, block, rep, startedAt, raw, schemaVersion } = record;
      return { kind, cell, block, rep, startedAt, raw, schemaVersion, error: "no route" };
    });
    expect(distributionBands(run, failing)).toEqual([]);
    expect(distributionBands(run, records)).toEqual([]);
  });

  it("contains the last session of a block that two sessions measured", () => {
    const withDetails = detailed(TRANSACTIONS, () => ({ distributions: [latency([1, 2, 3])] }));
    const again = withDetails
      .filter(({ cell, block }) => cell === TRANSACTIONS.id && block === 6)
      .map((record) => ({ ...record, sitting: 2, distributions: [latency([7, 8, 9])] }));
    const [bands] = distributionBands(run, [...withDetails, ...again]);
    expect(bands).toMatchObject({ samples: 600 });
    expect(bands?.quantiles[0]).toEqual({ level: 0, median: 1, ci95: [1, 7] });
  });
});

it("valueBands: the values of the repetitions are the samples", () => {
  const stored = records.filter((record): record is Repetition => record.cell === ADD_TIME.id);
  const bands = valueBands(run, ADD_TIME, stored);
  expect(bands).toMatchObject({ name: "add-time", unit: "s", samples: 12, blocks: 6, isFromTool: false });
  const extremes = [0, 1].map((level) => bands?.quantiles.find((each) => each.level === level)?.median ?? NaN);
  expect(extremes[0]).toBeLessThan(extremes[1]!);
  expect(valueBands(run, { ...ADD_TIME, skip: "no" }, stored)).toBeNull();
});

it("blockSeries has each repetition, by quantity", () => {
  const series = (name: string, value: number) => ({ name, unit: "1", start: 0, interval: 1, values: [value] });
  const found = blockSeries(
    run,
    detailed(TRANSACTIONS, ({ block }) => ({ series: [series("throughput", block), series("loss", 0)] })),
  );
  expect(found.map(({ repetitions }) => repetitions[0]?.series.name)).toEqual(["throughput", "loss"]);
  expect(found[0]?.cell).toEqual(TRANSACTIONS);
  expect(found[0]?.repetitions.map(({ block, rep, series: { values } }) => [block, rep, ...values])).toEqual(
    [1, 2, 3, 4, 5, 6].map((block) => [block, 1, block]),
  );
  expect(blockSeries(run, records)).toEqual([]);
});
