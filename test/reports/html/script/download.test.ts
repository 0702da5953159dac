import { describe, expect, it } from "vitest";
import { printable } from "../../../../core/errors.ts";
import { storedCsv, type StoredRun } from "../../../../reports/html/script/download.js";
import { reports } from "../../../../reports/index.ts";
import type { LoadedRun } from "../../../../results/load-run.ts";
import { HOSTILE_STRINGS } from "../../../helpers/hostile.ts";
import { hostileRun } from "../../../helpers/hostile-run.ts";
import { inputOf, sampleRun } from "../../../helpers/sample-run.ts";

/** Returns what a page embeds of a run. */
const embedded = ({ run, records }: LoadedRun): StoredRun =>
  JSON.parse(JSON.stringify({ run, records: [...records] })) as StoredRun;

describe("the CSV download of a page", () => {
  it.each([
    ["a complete run", sampleRun({ blocks: 3 })],
    ["a run with failures and skips", sampleRun({ blocks: 3, failure: 'netperf: "no route",\nexit code 1' })],
    ["hostile names", hostileRun(HOSTILE_STRINGS.join(" "))],
  ])("equals the csv report of %s", async (_name, run) => {
    expect(storedCsv(embedded(run), printable)).toBe(await reports.csv.render([inputOf(run)]));
  });

  it("has a row for each cell that was never measured", () => {
    const stored = embedded(sampleRun({ blocks: 3 }));
    const rows = storedCsv({ ...stored, records: [] }, printable)
      .split("\r\n")
      .slice(1, -1);
    expect(rows).toHaveLength(stored.run.plan.cells.length);
    expect(rows[0]).toMatch(/,,,,,not measured$/);
  });
});
