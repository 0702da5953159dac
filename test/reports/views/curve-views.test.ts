/** Percentile curves from stored distributions. */
import { expect, it } from "vitest";
import { percentilePoints } from "../../../reports/views/curve-views.ts";
import { tail } from "../../../reports/views/percentile-view.ts";
import { viewsOf } from "../../../reports/views/index.ts";
import type { Distribution, ResultRecord } from "../../../results/index.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const distribution = (levels: readonly number[], values: readonly number[]): Distribution => ({
  ...{ name: "latency", unit: "s", samples: 1000, levels, values },
});

it("has the median over the blocks of the medians of their repetitions, and the range of the blocks", () => {
  const of = (block: number, value: number) => ({ block, detail: distribution([0.5, 0.9, 1], [value, value * 2, 99]) });
  expect(percentilePoints([of(1, 1), of(1, 3), of(2, 5), of(3, 6)])).toEqual([
    { x: tail(0.5), y: 5, low: 2, high: 6 },
    { x: tail(0.9), y: 10, low: 4, high: 12 },
  ]);
});

it("has only the levels of all repetitions", () => {
  const details = [distribution([0, 0.5, 0.99], [1, 2, 3]), distribution([0.5], [4])];
  expect(percentilePoints(details.map((detail, index) => ({ block: index + 1, detail })))).toEqual([
    { x: tail(0.5), y: 3, low: 2, high: 4 },
  ]);
  expect(percentilePoints([])).toEqual([]);
});

it("replaces the percentiles that are metrics, and draws a panel per path", async () => {
  const { records, ...run } = sampleRun({ blocks: 6 });
  const detailed = records.map((record): ResultRecord =>
    record.kind === "repetition" && record.value !== undefined && record.cell.endsWith("/transactions")
      ? { ...record, distributions: [distribution([0, 0.5, 0.9, 0.99], [2e-5, 3e-5, 4e-5, 9e-5])] }
      : record,
  );
  const views = viewsOf(inputOf({ ...run, records: detailed })).scenario("quick", "rr-1");
  expect(views.map(({ id }) => id)).toEqual(["v-rr-1-latency-percentiles"]);
  const svg = (await views[0]?.draw()) ?? "";
  for (const text of ["same-node", "cross-node", "p99", "host", "ptp"]) expect(svg).toContain(`>${text}</text>`);
});
