import { describe, expect, it } from "vitest";
import { displayWidth } from "../../reports/display-width.ts";
import { reports } from "../../reports/index.ts";
import type { ReportInput } from "../../reports/report.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { HOSTILE_STRINGS } from "../helpers/hostile.ts";
import { largeRun } from "../helpers/large-run.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const render = (input: ReportInput, width?: number): Promise<string> =>
  reports.text.render([input], width === undefined ? {} : { width });
const withHeadlines = (input: ReportInput): ReportInput => ({
  ...input,
  run: {
    ...input.run,
    plan: { ...input.run.plan, headlines: ["quick/tcp-1/cross-node/throughput", "quick/pods/same-node/add-time"] },
  },
});
const sample = withHeadlines(inputOf(sampleRun({ failure: "netperf: exit code 1" })));

describe("the text report", () => {
  it("has the answers first, then the doubts, then the table with the unit once per row", async () => {
    const page = await render(sample, 100);
    await expect(page).toMatchFileSnapshot("../fixtures/reports/terminal.txt");
    const [, , , , failed, skipped] = page.split("\n\n");
    expect(failed).toMatch(/^5 cells failed:\n {2}quick\/rr-1\/bridge\/.* and \d+ more: netperf: exit code 1$/);
    expect(skipped).toMatch(/^1 cell skipped:\n {2}quick\/pods\/ptp\/.*: ptp supports CHECK since version 1\.2\.0\n$/);
  });

  it.each([200, 90, 80])("fits into %d columns, also with wide and long names", async (width) => {
    const names = ["网络插件".repeat(5), "x".repeat(300), "🚀", "bridge"];
    const page = await render(largeRun({ plugins: names, copies: 1 }), width);
    const lines = page.split("\n").filter((line) => !line.startsWith("  quick/"));
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    const values = lines.filter((line) => /\] Gbit\/s/.test(line));
    expect(values.length).toBeGreaterThan(6);
    const starts = values.map((line) => displayWidth(line.slice(0, line.search(/\d+\.\d+ \[/))));
    expect(new Set(starts).size).toBe(1);
    expect(page.includes("of host")).toBe(width === 200);
  });

  it("has long lines if it is not for a terminal", async () => {
    expect((await render(sample)).split("\n").some((line) => line.length > 120)).toBe(true);
  });

  it("limits the table of a large run to some metrics, those of the headlines first", async () => {
    const plugins = Array.from({ length: 40 }, (_, index) => `plugin-${index + 1}`);
    const page = await render(largeRun({ plugins, copies: 6 }), 100);
    expect(page.split("\n").length).toBeLessThan(240);
    expect(page).toMatch(/^tcp-1 throughput .* plugin-40 /m);
    expect(page).toMatch(/^pods add-time .* plugin-40 /m);
    expect(page).toMatch(/^\d+ more rows; /m);
  });

  it("names each run", async () => {
    const page = await reports.text.render([sample, { ...sample, run: { ...sample.run, id: "other" } }]);
    expect([...page.matchAll(/\(run (.*?)\)/g)].map(([, id]) => id)).toEqual(["20260301-120000-sample", "other"]);
  });

  it.each(HOSTILE_STRINGS)("prints no control characters and no lines of external text: %j", async (hostile) => {
    const page = await render(inputOf(hostileRun(`${hostile}\n::error::x`)));
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(page).not.toMatch(/^\s*::error::/m);
  });
});
