/** How a quantity changes during a load. */
import { expect, it } from "vitest";
import { viewsOf } from "../../../reports/views/index.ts";
import { seriesPoints } from "../../../reports/views/series-views.ts";
import type { ResultRecord, Series } from "../../../results/index.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const SCALE = { factor: 1e9, unit: "Gbit/s" };
const series = (...values: (number | null)[]): Series => ({
  ...{ name: "throughput", unit: "bit/s", start: -0.5, interval: 0.5, values },
});

it("has the median and the range of all repetitions in the middle of each interval", () => {
  expect(seriesPoints([series(1e9, 2e9), series(3e9, null)], SCALE)).toEqual([
    { x: -0.25, y: 2, low: 1, high: 3 },
    { x: 0.25, y: 2, low: 2, high: 2 },
  ]);
});

it("merges adjacent intervals of a long load", () => {
  const points = seriesPoints([series(...Array.from({ length: 600 }, (_, index) => index * 1e9))], SCALE);
  expect(points).toHaveLength(150);
  expect(points[0]).toEqual({ x: 0.5, y: 1.5, low: 0, high: 3 });
});

it("draws a panel per path", async () => {
  const { records, ...run } = sampleRun({ blocks: 6 });
  const detailed = records.map((record): ResultRecord =>
    record.kind === "repetition" && record.value !== undefined && record.cell.endsWith("/throughput")
      ? { ...record, series: [series(1e9, 2e9, 3e9)] }
      : record,
  );
  const [view] = viewsOf(inputOf({ ...run, records: detailed })).scenario("quick", "tcp-1");
  expect(view?.id).toBe("v-tcp-1-throughput-time");
  expect(view?.caption.en).toMatch(/Higher is better\.$/);
  expect(view).toMatchObject({ scenarios: ["tcp-1"], metrics: ["throughput"] });
  const svg = (await view?.draw()) ?? "";
  for (const text of ["same-node", "cross-node", "Gbit/s", "host"]) expect(svg).toContain(`>${text}</text>`);
});

it("has no view of series without values", () => {
  const { records, ...run } = sampleRun({ blocks: 6 });
  const detailed = records.map((record): ResultRecord =>
    record.kind === "repetition" && record.value !== undefined && record.cell.endsWith("/throughput")
      ? { ...record, series: [series(null, null)] }
      : record,
  );
  expect(viewsOf(inputOf({ ...run, records: detailed })).scenario("quick", "tcp-1")).toEqual([]);
});
