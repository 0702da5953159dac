import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import type { ResultRecord } from "../../results/record.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

/** Parses CSV by the grammar of RFC 4180: a quoted field contains any character, and quotes doubled. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  let rest = text;
  while (rest !== "") {
    const match = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
    if (match === null) throw new Error(`not CSV: ${rest.slice(0, 80)}`);
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "\r\n") rows.push([]);
    rest = rest.slice(match[0].length);
  }
  rows.pop();
  return rows;
}

async function render(...runs: LoadedRun[]): Promise<Record<string, string>[]> {
  const [head = [], ...rows] = parse(await reports.csv.render(runs.map(inputOf)));
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? "missing"])));
}

describe("the csv report", () => {
  it("has a row for every stored repetition, with the exact stored value", async () => {
    const sample = sampleRun({ blocks: 3 });
    const stored = sample.records.filter(({ kind }) => kind === "repetition");
    const rows = (await render(sample)).filter(({ block }) => block !== "");
    expect(rows).toHaveLength(stored.length);
    const key = ({ suite, scenario, plugin, cluster, path, metric, block, rep }: Record<string, string>) =>
      [suite, scenario, plugin, cluster, path, metric, block, rep].join("/");
    const values = new Map(rows.map((row) => [key(row), row.value]));
    for (const { cell, block, rep, value } of stored) expect(Number(values.get(`${cell}/${block}/${rep}`))).toBe(value);
    expect(rows[0]).toMatchObject({ run: sample.run.id, unit: "bit/s", sitting: "1", error: "" });
  });

  it("contains the error of a failed repetition and the reason for a cell without repetitions", async () => {
    const rows = await render(sampleRun({ blocks: 3, failure: 'netperf: "no route",\nexit code 1' }));
    const failed = rows.filter(({ value, block }) => value === "" && block !== "");
    expect(failed).toHaveLength(5);
    expect(failed.map(({ error }) => error)).toEqual(Array(5).fill('netperf: "no route",\nexit code 1'));
    const skipped = rows.filter(({ block }) => block === "");
    expect(skipped.map(({ plugin, metric, error }) => [plugin, metric, error])).toEqual([
      ["ptp", "check-time", "skipped: ptp supports CHECK since version 1.2.0"],
    ]);
  });

  it("contains why a deployment does not support a repetition", async () => {
    const sample = sampleRun({ blocks: 1 });
    const records = sample.records.map((record): ResultRecord => {
      if (record.kind !== "repetition" || !record.cell.endsWith("/add-time")) return record;
      const skipped = { ...record, value: undefined, skip: "no such operation" };
      return JSON.parse(JSON.stringify(skipped)) as ResultRecord;
    });
    const rows = (await render({ ...sample, records })).filter(({ metric }) => metric === "add-time");
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map(({ value, error }) => `${value} ${error}`))).toEqual(
      new Set([" skipped: no such operation"]),
    );
  });

  it("contains all runs, one after another", async () => {
    const rows = await render(sampleRun({ blocks: 1 }), sampleRun({ blocks: 2 }));
    expect(rows.filter(({ block }) => block === "2").length).toBeGreaterThan(0);
  });

  it.each(["=cmd()", "+1", "-1", "@x", "\t=1", "\r=1"])("contains no spreadsheet formula: %j", async (formula) => {
    const rows = await render(hostileRun(formula));
    const cells = rows.flatMap((row) => Object.values(row));
    expect(cells.some((cell) => cell.includes(formula.trim()))).toBe(true);
    for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r](?!\d+(\.\d+)?(e-?\d+)?$)/);
  });
});
