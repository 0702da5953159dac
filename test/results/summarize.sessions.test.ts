/** Tests that values are only paired with values of the same session. */
import { describe, expect, it } from "vitest";
import { validator } from "../../results/run-schema.ts";
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

describe("a split block", () => {
  // Session 1 measured host and bridge of block 6, session 2 measured host and ptp.
  const split = summaryOf(
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

  it("pairs each value with the baseline of its session", () => {
    expect(cellOf(split, BRIDGE)?.baselineRatio).toMatchObject({ median: 0.5, ci95: [0.5, 0.5] });
    expect(cellOf(split, PTP)?.baselineRatio).toMatchObject({ median: 0.5, ci95: [0.4, 0.5] });
    expect(cellOf(split, BRIDGE)?.warnings.map(({ code }) => code)).not.toContain("unpaired-blocks");
  });

  it("counts only its last baseline", () => {
    expect(cellOf(split, HOST)).toMatchObject({ n: 6, values: [100, 100, 100, 100, 100, 200] });
  });

  it("compares two plugins only on blocks measured in one session", () => {
    const { comparisons } = split;
    const pair = comparisons.find(
      ({ a, b, path, metric }) => a === "bridge" && b === "ptp" && path === "cross-node" && metric === "throughput",
    );
    expect(pair).toMatchObject({ n: 5, scale: "ratio", estimate: 1 });
  });
});

it("keeps a value without a baseline in its session, but omits it from the ratio with a warning", () => {
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
    message: expect.stringMatching(/^1 of 6 blocks have no baseline in the same session/) as string,
  });
});

it("combines repetitions of two sessions to a value, which is not paired", () => {
  const summary = summaryOf(({ cell, block, rep }) =>
    cell === ADD ? { value: rep, ...(block === 6 && rep === 2 ? { sitting: 2 } : {}) } : {},
  );
  expect(cellOf(summary, ADD)).toMatchObject({ n: 6, values: [1.5, 1.5, 1.5, 1.5, 1.5, 1.5] });
  const pair = summary.comparisons.find(({ a, b, metric }) => a === "bridge" && b === "ptp" && metric === "add-time");
  expect(pair?.n).toBe(5);
});

it("fails the cell for a failure in any session", () => {
  const failed: ResultRecord = { ...(again(HOST, 6, 0) as Repetition), value: undefined, error: "it died" };
  expect(
    cellOf(
      summaryOf(() => ({}), [failed]),
      HOST,
    ),
  ).toMatchObject({ state: "failed", error: "it died" });
});
