/** The lines of the live table. */
import { describe, expect, it } from "vitest";
import { LiveResults } from "../../../cli/terminal/live-results.ts";
import { liveLines } from "../../../cli/terminal/live-table.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

const { run, records } = sampleRun({ measuredBlocks: 7 });
const HEADLINES = [
  "quick/tcp-1/cross-node/throughput",
  "quick/tcp-1/cross-node/cpu-per-gbit",
  "quick/rr-1/cross-node/transactions",
  "quick/pods/same-node/add-time",
];

function results(headlines: readonly string[], blocks = 7): LiveResults {
  const earlier = records.filter(({ block }) => block <= blocks);
  return new LiveResults({ cells: run.plan.cells, headlines }, earlier);
}

const view = {
  status: "block 8/10, about 2 min left: quick/pods/ptp/netns/same-node",
  last: "",
  rows: results(HEADLINES).rows,
  focus: 0,
};
const SIZE = { columns: 80, rows: 24 };

it("shows the last value and the running estimate of each plugin", () => {
  expect(`${liveLines({ ...view, last: "an event" }, SIZE).join("\n")}\n`).toMatchInlineSnapshot(`
    "block 8/10, about 2 min left: quick/pods/ptp/netns/same-node
    last: an event
                                   plugin     last    median  95 % interval     n
    tcp-1 cross-node throughput    host       31.1    31.7    [30.6, 31.9]      7
      Gbit/s                       bridge     23.69   24.21   [23.69, 24.58]    7
                                   ptp        25.3    24.8    [23.9, 25.3]      7
                                   simplecni  22.72   22.72   [22.27, 23.06]    7
    tcp-1 cross-node cpu-per-gbit  host       0.0489  0.0482  [0.0472, 0.0497]  7
      cores per Gbit/s             bridge     0.0649  0.0627  [0.0620, 0.0649]  7
                                   ptp        0.0625  0.0616  [0.0597, 0.0625]  7
                                   simplecni  0.0673  0.0665  [0.0646, 0.0678]  7
    rr-1 cross-node transactions   host       37 259  39 109  [37 259, 39 668]  7
      per s                        bridge     29 391  29 807  [28 996, 30 464]  7
                                   ptp        29 696  30 378  [29 634, 31 122]  7
                                   simplecni  27 618  28 030  [27 173, 29 045]  7
    pods same-node add-time        bridge     53.3    51.1    [47.1, 52.8]      7
      ms                           ptp        46.8    48.6    [46.1, 50.1]      7
                                   simplecni  58.2    52.9    [50.5, 53.8]      7
    "
  `);
  expect(Math.max(...liveLines(view, SIZE).map(({ length }) => length))).toBeLessThan(SIZE.columns);
});

it("has no interval with too few blocks, and no value before the first block", () => {
  const [, , ...few] = liveLines({ ...view, rows: results(HEADLINES, 2).rows }, SIZE);
  expect(few).toHaveLength(15);
  for (const line of few) expect(line).toContain("too few blocks");
  const [, , ...empty] = liveLines({ ...view, rows: results(HEADLINES, 0).rows }, SIZE);
  for (const line of empty) expect(line).toMatch(/ (host|bridge|ptp|simplecni)$/);
});

it("shows a failed cell without its values", () => {
  const { rows } = results(HEADLINES);
  for (const { cell } of rows) cell.problem = cell.planned.plugin === "bridge" ? "failed" : null;
  const bridge = liveLines({ ...view, rows }, SIZE).filter((line) => line.includes("bridge"));
  expect(bridge.map((line) => line.trimEnd().split(/ {2,}/).slice(-2))).toEqual([
    ...Array<string[]>(4).fill(["bridge", "failed"]),
  ]);
});

describe("on a small terminal", () => {
  const all = results([]).rows;

  it.each([5, 8, 24])("with %d rows, shows the rows around the focus and the number of the others", (rows) => {
    for (const focus of [0, 9, all.length - 1]) {
      const lines = liveLines({ ...view, rows: all, focus }, { columns: 200, rows });
      expect(lines).toHaveLength(rows - 1);
      const shown = rows - 4;
      expect(lines.at(-1)).toMatch(new RegExp(`: ${all.length - shown} rows$`));
      const { question, cell } = all[focus] ?? {};
      const visible = lines.slice(2, -1).map((line) => line.trimStart());
      expect(visible.join("\n")).toContain(question);
      expect(visible.some((line) => line.includes(cell?.planned.plugin ?? "?"))).toBe(true);
    }
  });

  it.each([1, 2, 3, 4])("with %d rows, shows the status alone", (rows) => {
    expect(liveLines({ ...view, rows: all }, { columns: 80, rows })).toEqual([view.status]);
  });

  it("shortens the names of questions and plugins", () => {
    const long = "x".repeat(300);
    const rows = view.rows.map(({ cell }) => ({ question: long, cell }));
    const lines = liveLines({ ...view, rows }, { columns: 60, rows: 24 });
    expect(lines[2]).toMatch(/^x{11,40}… {2}host/);
    const [row] = rows;
    const planned = { ...view.rows[0]?.cell.planned, plugin: long };
    const named = liveLines(
      { ...view, rows: [{ ...row, question: "q", cell: { ...row?.cell, planned } } as never] },
      SIZE,
    );
    expect(named[2]).toContain(`${"x".repeat(23)}…`);
  });
});
