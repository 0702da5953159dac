/** The page of a comparison, as text. */
import { expect, test } from "vitest";
import { comparisonHtml } from "../../../reports/run-comparison/html.ts";
import { shownTexts } from "../../helpers/page-text.ts";
import {
  comparedCell,
  comparedClause,
  failingClause,
  hostileComparison,
  improvedCell,
  REGRESSION,
  sampleComparison,
  uncomparedCell,
} from "../../helpers/sample-comparison.ts";

const [run] = sampleComparison([]).head.runs;
if (run === undefined) throw new Error("the sample has no run");
const warned = { ...run, outcome: null, warnings: [{ code: "torn-line", message: "ignored the last line" }] } as const;
const failed = { ...uncomparedCell("exit code 1"), base: "measured", head: "failed" } as const;
const comparison = sampleComparison(
  [
    comparedCell({ ...REGRESSION, family: "headline" }),
    comparedCell({ ...REGRESSION, state: "confirmed" }),
    comparedCell({ ...REGRESSION, state: "known", reason: "between-run variation unknown" }),
    comparedCell({ ...REGRESSION, state: "refuted", reference: { kind: "none" } }),
    comparedCell({ ci95: null, verdict: "undecided", reason: "busy machine" }),
    improvedCell({ ci95: [0.02, 100] }),
  ],
  {
    head: { runs: [warned], plugins: ["ptp"] },
    facts: [{ fact: "kernel", base: null, head: "6.2.0" }],
    uncompared: [failed, uncomparedCell("no CHECK before 0.4.0")],
    clauses: [{ ...failingClause(), reproduce: "", evidence: [] }, comparedClause({ base: "missing", change: "new" })],
    known: [{ entry: { cell: "*", reason: "slower on purpose", expires: "2027-01-31" }, state: "matched" }],
  },
);
const pageIn = (language: "en" | "zh") => comparisonHtml(comparison, { all: false, failOn: ["suspect"], language });

/** Words that stay in Latin letters: commands, options, files, the sides, units and names of the sample. */
const NAMES = new RegExp(
  [
    /run-(?:head|base).*|“cnibench[^”]*”|--[a-z-]+( suspect)?|docs\/method\.md/,
    /\b(base|head|gate|CNI|MUST|cnibench|host|bridge|ptp|kernel|ms)\b/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gi",
);

test("opens in the language of --lang and shows no English text in Chinese", () => {
  expect(pageIn("en")).toContain('<html lang="en">');
  const page = pageIn("zh");
  expect(page).toContain('<html lang="zh">');
  const shown = shownTexts(page, "zh", { ownOnly: true });
  expect(shown.length).toBeGreaterThan(60);
  expect(shown.filter((text) => /[a-zA-Z]{2}/.test(text.replaceAll(NAMES, "")))).toEqual([]);
});

test("shows the same numbers in both languages", () => {
  const numbers = (language: "en" | "zh") =>
    shownTexts(pageIn("en"), language)
      .join(" ")
      .match(/\d+(?:\.\d+)*/g)
      ?.sort();
  expect(numbers("zh")?.length).toBeGreaterThan(60);
  expect(numbers("zh")).toEqual(numbers("en"));
});

test("isolates names and messages of others", () => {
  const page = comparisonHtml(hostileComparison("\u05d0 x"), { all: true, failOn: [] });
  expect(page).toContain("<bdi>\u05d0 x");
});
