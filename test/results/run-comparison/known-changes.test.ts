import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UsageError, UsageErrors } from "../../../core/errors.ts";
import {
  loadKnownChanges,
  parseKnownChanges,
  withRegressionStates,
} from "../../../results/run-comparison/known-changes.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import {
  brokenCheck,
  comparedCell,
  comparedClause,
  failingClause,
  REGRESSION,
  sampleComparison,
  uncomparedCell,
} from "../../helpers/sample-comparison.ts";

const NOW = new Date("2026-12-24T18:00:00Z");

const entry = (cell: string, expires = "2027-01-31"): string =>
  `  - cell: '${cell}'\n    reason: slower on purpose\n    expires: ${expires}\n`;
const parse = (yaml: string) => parseKnownChanges(yaml, "known.yaml", NOW);

/** Returns the problems of a file. */
function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageErrors) return error.problems;
    throw error;
  }
  throw new Error("expected problems");
}

describe("a file of known changes", () => {
  test("is a list of cells with a reason and a last day", () => {
    expect(parse(`known:\n${entry("*/add-time")}`)).toEqual([
      {
        cell: "*/add-time",
        reason: "slower on purpose",
        expires: "2027-01-31",
        position: { file: "known.yaml", line: 2, column: 5 },
      },
    ]);
  });

  test("is valid without entries", () => {
    expect(parse("known: []\n")).toEqual([]);
  });

  test("accepts an entry on its last day, and not on the next one", () => {
    const yaml = `known:\n${entry("*", "2026-12-24")}`;
    expect(parse(yaml)).toHaveLength(1);
    const next = new Date("2026-12-25T00:00:00Z");
    expect(problemsOf(() => parseKnownChanges(yaml, "known.yaml", next))).toEqual([
      expect.stringMatching(/^known\.yaml:4:14: .*"\*" expired on 2026-12-24/),
    ]);
  });

  test.each([
    ["", "known.yaml:1:1: "],
    ["- a\n", "known.yaml:1:1: "],
    ["know: []\n", 'known.yaml:1:1: unknown key "know"'],
    ["known: {}\n", 'known.yaml:1:8: "known" must be a list'],
    ["known: [a]\n", "known.yaml:1:9: a known change must be a map"],
    ["known:\n  - cell: a\n    reason: b\n", 'known.yaml:2:5: "expires" is missing'],
    ["known:\n  - cell: a\n    expires: 2027-01-31\n", 'known.yaml:2:5: "reason" is missing'],
    ["known:\n  - reason: a\n    expires: 2027-01-31\n", 'known.yaml:2:5: "cell" is missing'],
    ["known:\n  - {cell: a, clause: b, reason: b, expires: 2027-01-31}\n", "known.yaml:2:23: an entry has either"],
    ["known:\n  - {clause: 1, reason: b, expires: 2027-01-31}\n", 'known.yaml:2:14: "clause" must be'],
    ["known:\n  - {cell: a, reason: ' ', expires: 2027-01-31}\n", 'known.yaml:2:23: "reason" must be'],
    ["known:\n  - {cell: 1, reason: b, expires: 2027-01-31}\n", 'known.yaml:2:12: "cell" must be'],
    ["known:\n  - {cell: a, reason: b, expires: 2027-02-30}\n", 'known.yaml:2:35: "expires" must be a date'],
    ["known:\n  - {cell: a, reason: b, expires: 2027}\n", 'known.yaml:2:35: "expires" must be a date'],
    ["known:\n  - {cell: a, reason: b, expires: never}\n", 'known.yaml:2:35: "expires" must be a date'],
    ["known:\n  - {cell: a, reason: b, until: 2027-01-31}\n", 'known.yaml:2:26: unknown key "until"'],
    ["known: [\n", "known.yaml:"],
  ])("reports the position of a problem: %j", (yaml, problem) => {
    expect(problemsOf(() => parse(yaml)).some((each) => each.startsWith(problem))).toBe(true);
  });

  test.each([
    ["", /^known\.yaml:1:1: the file of known changes must be a map with the key/],
    ["- a\n", /^known\.yaml:1:1: the file of known changes must be a map with the key/],
    ["known: [a]\n", /^known\.yaml:1:9: a known change must be a map with the keys/],
  ])("with something that is not a map has one problem: %j", (yaml, problem) => {
    expect(problemsOf(() => parse(yaml))).toEqual([expect.stringMatching(problem)]);
  });

  test("that is missing, a directory or too large is bad input", () => {
    const dir = temporaryDir();
    const large = join(dir, "large.yaml");
    writeFileSync(large, "#".repeat(300_000));
    for (const file of [join(dir, "none.yaml"), dir, large]) {
      expect(() => loadKnownChanges(file, NOW)).toThrow(UsageError);
      expect(() => loadKnownChanges(file, NOW)).toThrow(new RegExp(`^--known: .*${file}`));
    }
  });

  test.each(["/dev/zero", "/dev/null"])("is a regular file, not %s", (file) => {
    expect(() => loadKnownChanges(file, NOW)).toThrow(/^--known: .*not a regular file/);
  });

  test.each(HOSTILE_STRINGS)("has messages without control characters: %j", (text) => {
    const yaml = `known:\n  - ${JSON.stringify({ cell: text, reason: text, expires: text, [text]: text })}\n`;
    for (const problem of problemsOf(() => parse(yaml))) expect(problem).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
  });
});

describe("the states of regressions", () => {
  const known = parse(`known:\n${entry("*/add-time")}${entry("*/bridge/*/del-time")}`);
  const cells = [comparedCell(REGRESSION), comparedCell({ metric: "del-time" })];

  test("are known if an entry matches the cell, otherwise unconfirmed", () => {
    const other = comparedCell({ ...REGRESSION, metric: "pod-ready-time" });
    const comparison = withRegressionStates(sampleComparison([...cells, other]), known);
    expect(comparison.cells.map(({ state }) => state)).toEqual(["known", undefined, "unconfirmed"]);
    expect(comparison.known.map(({ entry, state }) => [entry.cell, state])).toEqual([
      ["*/add-time", "matched"],
      ["*/bridge/*/del-time", "unmatched"],
    ]);
  });

  test("match every entry of an overlapping list", () => {
    const overlapping = parse(`known:\n${entry("*/add-time")}${entry("*/bridge/*/add-time")}`);
    const { known: entries } = withRegressionStates(sampleComparison(cells), overlapping);
    expect(entries.map(({ state }) => state)).toEqual(["matched", "matched"]);
  });

  test("need no file", () => {
    const comparison = withRegressionStates(sampleComparison(cells), []);
    expect(comparison.cells.map(({ state }) => state)).toEqual(["unconfirmed", undefined]);
    expect(comparison.known).toEqual([]);
  });

  test("require that every entry matches a cell, which may be one that was not compared", () => {
    const comparison = sampleComparison(cells, { uncompared: [uncomparedCell("skipped")] });
    const more = parse(`known:\n${entry("*/check-time")}${entry("lifecycle/*/ptp/*")}`);
    expect(problemsOf(() => withRegressionStates(comparison, more))).toEqual([
      expect.stringMatching(/^known\.yaml:5:5: "lifecycle\/\*\/ptp\/\*" matches no cell/),
    ]);
    expect(() => withRegressionStates(comparison, more.slice(0, 1))).not.toThrow();
  });
});

describe("known clauses", () => {
  const clause = (pattern: string): string => entry(pattern).replace("cell:", "clause:");
  const clauses = [
    failingClause(),
    failingClause({ clause: "add.result" }),
    comparedClause({ clause: "check.healthy" }),
  ];
  const comparison = sampleComparison([comparedCell(REGRESSION)], { clauses });

  test("are regressions that an entry for clauses matches; one for cells accepts none", () => {
    const known = parse(`known:\n${clause("*/bridge/*/del.*/1.0.0")}${clause("*/check.healthy/*")}${entry("*")}`);
    const judged = withRegressionStates(comparison, known);
    expect(judged.clauses.map(({ state }) => state)).toEqual(["known", "unconfirmed", undefined]);
    expect(judged.cells.map(({ state }) => state)).toEqual(["known"]);
    expect(judged.known.map(({ entry: { clause: pattern }, state }) => [pattern, state])).toEqual([
      ["*/bridge/*/del.*/1.0.0", "matched"],
      ["*/check.healthy/*", "unmatched"],
      [undefined, "matched"],
    ]);
  });

  test("must exist, unless a check failed", () => {
    const known = parse(`known:\n${clause("*/del.twice/*")}`);
    expect(problemsOf(() => withRegressionStates(comparison, known))).toEqual([
      expect.stringMatching(/^known\.yaml:2:5: "\*\/del\.twice\/\*" matches no clause/),
    ]);
    const broken = { ...comparison, uncomparedChecks: [brokenCheck()] };
    expect(() => withRegressionStates(broken, known)).not.toThrow();
  });
});
