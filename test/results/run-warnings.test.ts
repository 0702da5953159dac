import { expect, it } from "vitest";
import { cellWarnings, runWideWarnings, type WarnedCell } from "../../results/run-warnings.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run } = sampleRun();
const limited: Warning = { code: "generator-limited", message: "iperf3 on the client used 99 % of a core" };
const outlier: Warning = { code: "outlier", message: "block 4" };

function cell(plugin: string, path: "host" | "cross-node", warnings: readonly Warning[]): WarnedCell {
  return { planned: { suite: "s", scenario: "tcp", path, plugin }, warnings };
}

it("warns once about all cells whose load generator had no spare CPU time", () => {
  const cells = [
    cell("host", "host", [outlier, limited]),
    cell("bridge", "cross-node", [limited]),
    cell("bridge", "cross-node", [limited]),
    cell("ptp", "cross-node", [limited]),
    cell("simplecni", "cross-node", [outlier]),
  ];
  const warnings = runWideWarnings(run, cells).filter(({ code }) => code === "generator-limited");
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/ s\/tcp\/host \(host\), s\/tcp\/cross-node \(bridge, ptp\)$/),
  ]);
  expect(cellWarnings([outlier, limited])).toEqual([outlier]);
});

it("does not warn about generators with spare CPU time, and limits the length of the list", () => {
  const warn = (cells: readonly WarnedCell[]): Warning[] =>
    runWideWarnings(run, cells).filter(({ code }) => code === "generator-limited");
  expect(warn([cell("bridge", "cross-node", [outlier])])).toEqual([]);
  const many = Array.from({ length: 25 }, () => cell("bridge", "host", [limited])).map((one, i): WarnedCell => ({
    ...one,
    planned: { ...one.planned, scenario: `tcp-${i}` },
  }));
  expect(warn(many)[0]?.message).toMatch(/ s\/tcp-19\/host \(bridge\), and 5 more$/);
});
