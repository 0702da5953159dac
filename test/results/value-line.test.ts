import { expect, it } from "vitest";
import { rawPath } from "../../results/run-files.ts";
import { ValueLines } from "../../results/value-line.ts";

const CELL = "quick/tcp-1/bridge/netns/same-node/throughput";
const OTHER_CELL = "quick/tcp-1/bridge/netns/same-node/latency-p50";
const RAW = rawPath("quick/tcp-1/bridge/netns/same-node", 12, 3, 1);
const TIME = "2026-03-01T12:00:00.000Z";
const PLAIN = { cell: CELL, block: 12, rep: 3, startedAt: TIME, value: 31e9 };
const RECORD = {
  ...{ kind: "repetition", cell: CELL, schemaVersion: 1, block: 12, rep: 3, startedAt: TIME, raw: RAW },
  value: 31e9,
};

/** Reads lines of one file, with other bytes around each. */
function read(...lines: readonly string[]) {
  const reader = new ValueLines([CELL, OTHER_CELL, "quick/conformance/bridge/netns"]);
  return lines.map((line) => {
    const bytes = Buffer.from(`7${line}7`);
    return reader.read(bytes, 1, bytes.length - 1);
  });
}

const lineWith = (change: object): string => JSON.stringify({ ...RECORD, ...change });

it.each([0, -1.5, 31e9, 1e-7, 0.30000000000000004, 1.7976931348623157e308])("returns the plain value %d", (value) => {
  expect(read(lineWith({ value }))).toEqual([{ ...PLAIN, value }]);
});

it("returns the values of lines in any order of the cells, with other times, and with the largest block", () => {
  const later = "2026-03-01T12:00:01.000Z";
  const lines = [
    lineWith({}),
    lineWith({ cell: OTHER_CELL }),
    lineWith({ cell: OTHER_CELL, startedAt: later }),
    lineWith({ block: 1000, raw: RAW.replace("/12-", "/1000-") }),
    lineWith({ cell: OTHER_CELL, startedAt: later }),
  ];
  expect(read(...lines)).toEqual([
    PLAIN,
    { ...PLAIN, cell: OTHER_CELL },
    { ...PLAIN, cell: OTHER_CELL, startedAt: later },
    { ...PLAIN, block: 1000 },
    { ...PLAIN, cell: OTHER_CELL, startedAt: later },
  ]);
});

it.each([
  ["another kind", { kind: "check" }],
  ["another schema version", { schemaVersion: 2 }],
  ["a cell that is not planned", { cell: "quick/tcp-1/bridge/netns/same-node/other" }],
  ["a cell that is not a path", { cell: "x" }],
  ["a planned check", { cell: "quick/conformance/bridge/netns" }],
  ["block 0", { block: 0, raw: RAW.replace("/12-", "/0-") }],
  ["block 1001", { block: 1001, raw: RAW.replace("/12-", "/1001-") }],
  ["a fraction of a block", { block: 1.5 }],
  ["an invalid time", { startedAt: "yesterday" }],
  ["a time with another offset", { startedAt: "2026-03-01T12:00:00.000+" }],
  ["no raw directory", { raw: null }],
  ["the raw directory of another block", { raw: RAW.replace("/12-", "/13-") }],
  ["the raw directory of another repetition", { raw: RAW.replace("-3", "-4") }],
  ["the raw directory of another path", { raw: RAW.replace("same", "cross") }],
  ["the raw directory of a later session", { raw: `${RAW}-sitting2` }],
  ["a text as its value", { value: "12" }],
  ["another field", { warnings: [] }],
])("returns null for %s, and still reads the next line", (_, change) => {
  expect(read(lineWith({}), lineWith(change), lineWith({}))).toEqual([PLAIN, null, PLAIN]);
});

it("returns null for numbers that JSON does not have, or that are infinite", () => {
  const values = ["NaN", "1e999", "01", ".5", "1.", "1.e5", "1e", "1e+", "+1", "-", "--1", "0x1", "1_0", ""];
  for (const value of values)
    expect(read(JSON.stringify(RECORD).replace(/"value":.*/, `"value":${value}}`)), value).toEqual([null]);
});

it("returns null for every line that is cut off, and for every changed character outside the value", () => {
  const line = lineWith({});
  const valueStart = line.indexOf("31000000000");
  for (let i = 0; i < line.length; i++) {
    expect(read(line.slice(0, i)), line.slice(0, i)).toEqual([null]);
    if (i >= valueStart && i < line.length - 1) continue;
    const changed = `${line.slice(0, i)}#${line.slice(i + 1)}`;
    expect(read(line, changed), changed).toEqual([PLAIN, null]);
  }
});
