/** A value pairs only with what was measured in the same sitting. */
import { describe, expect, it } from "vitest";
import { validator } from "../../results/schema.ts";
import { summarize } from "../../results/summarize.ts";
import type { Repetition, ResultRecord } from "../../results/record.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const HOST = "quick/tcp-1/host/netns/host/throughput";
const BRIDGE = "quick/tcp-1/bridge/netns/cross-node/throughput";
const PTP = "quick/tcp-1/ptp/netns/cross-node/throughput";
const ADD = "quick/pods/bridge/netns/same-node/add-time";
const sample = sampleRun({ blocks: 6 });

type Change = (record: Repetition) => Partial<Repetition>;

function summaryOf(change: Change, more: readonly ResultRecord[] = []) {
  const records = sample.records.map((record): ResultRecord =>
    record.kind === "repetition" ? { ...record, ...change(record) } : record,
  );
  const summary = summarize(sample.run, [...records, ...more]);
  expect(validator("summary")(JSON.parse(JSON.stringify(summary)))).toBeNull();
  return summary;
}

const cellOf = (summary: ReturnType<typeof summaryOf>, id: string) => summary.cells.find((cell) => cell.id === id);
const again = (cell: string, block: number, value: number): ResultRecord => {
  const record = sample.records.find((each) => each.cell === cell && each.block === block) as Repetition;
  return { ...record, value, sitting: 2 };
};

describe("a torn block", () => {
  // In block 6 the host and bridge were measured; then it was resumed, and host and ptp were measured.
  const torn = summaryOf(
    ({ cell, block }) =>
      cell === PTP && block === 6
        ? { sitting: 2, value: 80 }
        : cell === HOST
          ? { value: 100 }
          : cell === BRIDGE || cell === PTP
            ? { value: 50 }
            : {},
    [again(HOST, 6, 200)],
  );

  it("pairs each value with the baseline of its own sitting", () => {
    expect(cellOf(torn, BRIDGE)?.baselineRatio).toMatchObject({ median: 0.5, ci95: [0.5, 0.5] });
    expect(cellOf(torn, PTP)?.baselineRatio).toMatchObject({ median: 0.5, ci95: [0.4, 0.5] });
    expect(cellOf(torn, BRIDGE)?.warnings.map(({ code }) => code)).not.toContain("unpaired-blocks");
  });

  it("counts its baseline once, the last that was measured", () => {
    expect(cellOf(torn, HOST)).toMatchObject({ n: 6, values: [100, 100, 100, 100, 100, 200] });
  });

  it("compares two plugins on the blocks that one sitting measured of both", () => {
    const { comparisons } = torn;
    const pair = comparisons.find(
      ({ a, b, path, metric }) => a === "bridge" && b === "ptp" && path === "cross-node" && metric === "throughput",
    );
    expect(pair).toMatchObject({ n: 5, ratio: { median: 1 } });
  });
});

it("a value without a baseline of its sitting stays, is left out of the ratio, and that is said", () => {
  const summary = summaryOf(({ cell, block }) =>
    cell === HOST
      ? { value: 100, ...(block === 6 ? { sitting: 2 } : {}) }
      : cell === BRIDGE
        ? { value: block === 6 ? 1 : 50 }
        : {},
  );
  const cell = cellOf(summary, BRIDGE);
  expect(cell).toMatchObject({ n: 6, min: 1, baselineRatio: { median: 0.5, ci95: null } });
  expect(cell?.warnings).toContainEqual({
    code: "unpaired-blocks",
    message: "1 of 6 blocks have no baseline of their own sitting and are left out of the ratio to it",
  });
});

it("repetitions of two sittings make one value, which pairs with nothing", () => {
  const summary = summaryOf(({ cell, block, rep }) =>
    cell === ADD ? { value: rep, ...(block === 6 && rep === 2 ? { sitting: 2 } : {}) } : {},
  );
  expect(cellOf(summary, ADD)).toMatchObject({ n: 6, values: [1.5, 1.5, 1.5, 1.5, 1.5, 1.5] });
  const pair = summary.comparisons.find(({ a, b, metric }) => a === "bridge" && b === "ptp" && metric === "add-time");
  expect(pair?.n).toBe(5);
});

it("a failure of any sitting fails the cell", () => {
  const failed: ResultRecord = { ...(again(HOST, 6, 0) as Repetition), value: undefined, error: "it died" };
  expect(
    cellOf(
      summaryOf(() => ({}), [failed]),
      HOST,
    ),
  ).toMatchObject({ state: "failed", error: "it died" });
});
