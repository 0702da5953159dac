import { describe, expect, test } from "vitest";
import { COMMENT_MARKER, comparisonMarkdown } from "../../../reports/run-comparison/md.ts";
import type { RunComparison } from "../../../results/run-comparison/run-comparison.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
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

const render = (comparison: RunComparison) => comparisonMarkdown(comparison, { all: false, failOn: [] });

describe("the Markdown of a comparison", () => {
  test("starts with the marker and the answer", () => {
    expect(render(sampleComparison([comparedCell()]))).toMatch(
      /^<!-- cnibench-compare -->\n## CNI plugin comparison\n\n\*\*No regression found in 1 cell; .*\*\*\n/,
    );
  });

  test("shows changes in tables and collapses the other cells by scenario", () => {
    const cells = [
      comparedCell({ ...REGRESSION, family: "headline" }),
      improvedCell(),
      comparedCell({ scenario: "crowd" }),
      comparedCell({ ...REGRESSION, metric: "pod-ready-time", state: "known" }),
    ];
    const [shown = "", ...collapsed] = render(
      sampleComparison(cells, {
        facts: [{ fact: "kernel", base: "6.1.0", head: null }],
        uncompared: [uncomparedCell("no CHECK")],
        known: [{ entry: { cell: "*/a", reason: "on purpose", expires: "2027-01-31" }, state: "unmatched" }],
      }),
    ).split("<details>");
    expect(shown).toContain("- kernel: 6.1.0 → unknown\n");
    expect(shown).toMatch(
      /### Suspected .*\n\n.*\n.*\n\| lifecycle\/pods\/bridge\/netns\/same-node\/add-time \(headline\) \|/,
    );
    expect(shown).toContain("| 44.1 ms → 48.9 ms | +11 % | ");
    expect(shown).toContain("### Improvements\n");
    expect(shown).not.toContain("crowd");
    for (const part of ["lifecycle / crowd (1)", "Known regressions", "until 2027-01-31; unmatched", "no CHECK"])
      expect(collapsed.join("")).toContain(part);
  });

  test("shows cells that only the head failed to measure", () => {
    const failed = { ...uncomparedCell("failed in head: exit code 1"), base: "measured", head: "failed" } as const;
    const page = render(sampleComparison([comparedCell()], { uncompared: [failed] }));
    expect(page).toMatch(/\n### Failed in the head only\n\n- .*check-time: failed in head: exit code 1\n/);
    expect(page).not.toContain("not compared");
  });

  test("shows newly failing clauses, and collapses their commands and other changes", () => {
    const clauses = [
      ...Array.from({ length: 40 }, (_, i) => failingClause({ clause: `del.${i}`, reproduce: "x".repeat(16_000) })),
      comparedClause({ clause: "gc", base: "missing", change: "new" }),
    ];
    const page = render(sampleComparison([], { clauses }));
    expect(page).toMatch(
      /\n### Newly failing .*\n\n- quick\/core\/bridge\/netns\/del\.0\/1\.0\.0 \(MUST, passed → failed; /,
    );
    expect(page).toContain("\n10 more clauses omitted; see another format.\n");
    expect(page).toContain("<summary>quick/core/bridge/netns/del.0/1.0.0: passed → failed");
    expect(page).toContain("<summary>Clauses that only one side tested (1)</summary>");
    expect(page.length).toBeLessThanOrEqual(65_536);
  });

  test.each(HOSTILE_STRINGS)("contains no external markup: %j", (hostile) => {
    const markdown = render(hostileComparison(hostile)).replace(COMMENT_MARKER, "");
    const page = markdown.replaceAll(/^(`{3,})\n[^]*?\n\1$/gm, "");
    expect([...page.matchAll(/<(?!\/?(details|summary)>)/g)]).toEqual([]);
    for (const line of page.split("\n").filter((each) => each.startsWith("|")))
      expect(line).toMatch(/^\|( [^|]* \|)+$/);
  });

  test("fits in one comment and keeps the marker and the answer", () => {
    const many = Array.from({ length: 400 }, (_, i) =>
      comparedCell({ scenario: `${"<".repeat(3000)}${i}`, ...(i % 2 === 0 ? REGRESSION : {}) }),
    );
    const facts = [{ fact: "kernel", base: "<".repeat(60_000), head: "<".repeat(60_000) }];
    const page = render(sampleComparison(many, { facts }));
    expect(page.length).toBeLessThanOrEqual(65_000);
    expect(page.startsWith(`${COMMENT_MARKER}\n## CNI plugin comparison\n\n**200 suspected regressions`)).toBe(true);
    expect(page).toMatch(/^Omitted to fit in one comment: \d+ of \d+ (sections|compared cells)/m);
    expect(page).toContain("170 more cells omitted");
    expect((page.match(/<details>/g) ?? []).length).toBe((page.match(/<\/details>/g) ?? []).length);
  });
});
