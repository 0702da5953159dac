import { expect, it } from "vitest";
import { rawPath } from "../../results/run-files.ts";
import { readValueLine } from "../../results/value-line.ts";

const CELL = "quick/tcp-1/bridge/netns/same-node/throughput";
const RAW = rawPath("quick/tcp-1/bridge/netns/same-node", 12, 3, 1);
const TIME = "2026-03-01T12:00:00.000Z";
const RECORD = {
  ...{ kind: "repetition", cell: CELL, schemaVersion: 1, block: 12, rep: 3, startedAt: TIME, raw: RAW },
  value: 31e9,
};

it.each([0, -1.5, 31e9, 1e-7, 1.7976931348623157e308])("returns the plain value %d", (value) => {
  const plain = { cell: CELL, block: 12, rep: 3, startedAt: TIME, value };
  expect(readValueLine(JSON.stringify({ ...RECORD, value }))).toEqual(plain);
});

it.each([
  ["another kind", { kind: "check" }],
  ["another schema version", { schemaVersion: 2 }],
  ["a cell that is not a path", { cell: "x" }],
  ["block 0", { block: 0 }],
  ["an invalid time", { startedAt: "yesterday" }],
  ["no raw directory", { raw: null }],
  ["the raw directory of another block", { raw: RAW.replace("/12-", "/13-") }],
  ["the raw directory of a later session", { raw: `${RAW}-sitting2` }],
  ["a text as its value", { value: "12" }],
  ["another field", { warnings: [] }],
])("returns null for %s", (_, change) => {
  expect(readValueLine(JSON.stringify({ ...RECORD, ...change }))).toBeNull();
});

it("returns null for numbers that JSON does not have, or that are infinite", () => {
  for (const value of ["NaN", "1e999", "01", ".5", "1.", "+1", "0x1"])
    expect(readValueLine(JSON.stringify(RECORD).replace(/"value":.*/, `"value":${value}}`)), value).toBeNull();
});
