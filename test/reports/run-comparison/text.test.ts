import { describe, expect, test } from "vitest";
import { comparisonText } from "../../../reports/run-comparison/text.ts";
import type { RunComparison } from "../../../results/run-comparison/run-comparison.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import {
  brokenCheck,
  comparedCell,
  comparedClause,
  failingClause,
  hostileComparison,
  improvedCell,
  REGRESSION,
  sampleComparison,
  uncomparedCell,
} from "../../helpers/sample-comparison.ts";

const render = (comparison: Parameters<typeof comparisonText>[0], all = false) =>
  comparisonText(comparison, { all, failOn: [] });

describe("the text of a comparison", () => {
  const cells = [comparedCell(), comparedCell({ ...REGRESSION, metric: "pod-ready-time" }), improvedCell()];
  const facts = [{ fact: "kernel", base: "6.1.0", head: "6.2.0" }];
  const sample = sampleComparison(cells, { facts, uncompared: [uncomparedCell("no CHECK before 0.4.0")] });

  test("has the answer first, then the sides, what differs, regressions, improvements and notes", () => {
    const order = [
      /^1 suspected regression/,
      /\nbase {2}bridge: run run-base-1 .*\nbase {2}.*\nhead {2}bridge: run run-head /,
      /\n {2}kernel: 6\.1\.0 → 6\.2\.0\n/,
      /\n {2}\+11 % \(\+7\.1 % to \+15 %\) {2}lifecycle\/pods\/bridge\/netns\/same-node\/pod-ready-time\n/,
      /\n {6}44\.1 ms → 48\.9 ms; ratio to host 1\.14 → 1\.26\n/,
      /\n {2}−8\.8 % .* {2}lifecycle\/pods\/bridge\/netns\/same-node\/del-time\n/,
      /\n3 cells: 1 worse, 1 better, 1 equal, 0 undecided/,
      /\nnot listed: 1 cell without a change and 1 cell that could not be compared; list them with --all\n$/,
    ];
    const text = render(sample);
    const positions = order.map((pattern) => text.search(pattern));
    expect(positions).not.toContain(-1);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  test("lists cells without a change and those that were not compared with --all", () => {
    expect(render(sample)).not.toContain("bridge/netns/same-node/add-time");
    const text = render(sample, true);
    expect(text).toMatch(/\+0\.9 % .* equal {2}lifecycle\/pods\/bridge\/netns\/same-node\/add-time\n/);
    expect(text).toContain("lifecycle/pods/bridge/netns/same-node/check-time: no CHECK before 0.4.0");
    expect(text).not.toContain("--all");
  });

  test("is short for many changes, and complete with --all", () => {
    const many = sampleComparison(
      Array.from({ length: 50 }, (_, i) => comparedCell({ ...REGRESSION, scenario: `pods-${i}` })),
    );
    expect(render(many).split("\n").length).toBeLessThan(40);
    expect(render(many)).toContain("and 38 more; list them with --all");
    expect(render(many, true).match(/pods-\d+/g)).toHaveLength(50);
  });

  test("names the page of a gate instead of an option that run does not have", () => {
    const many = Array.from({ length: 20 }, (_, i) => comparedCell({ ...REGRESSION, scenario: `pods-${i}` }));
    const gate = { allCells: "see comparison.html", design: "paired" } as const;
    const text = comparisonText(sampleComparison([...many, comparedCell()]), { all: false, failOn: [], gate });
    expect(text).toContain("and 8 more; see comparison.html\n");
    expect(text).toContain("not listed: 1 cell without a change; see comparison.html\n");
    expect(text).not.toContain("--all");
  });

  test("fits a terminal", () => {
    const reason = "between-run variation unknown";
    const text = render(sampleComparison([...cells, comparedCell({ reason }), comparedCell({ detectable: 1.4 })]));
    expect(text).toContain("doctor --calibrate");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("has one line for each part of the answer, and keeps numbers and units together", () => {
    const known = Array.from({ length: 2 }, () => comparedCell({ ...REGRESSION, state: "known" }));
    const detectable = [1.213, 1.97].map((each) => comparedCell({ ...REGRESSION, detectable: each }));
    expect(
      render(sampleComparison([...known, ...detectable]))
        .split("\n")
        .slice(0, 4),
    ).toEqual([
      "2 suspected regressions (not confirmed) in 4 cells",
      "2 known",
      "smallest change this comparison could show: 6.0 % to 97 %, by cell",
      "",
    ]);
    const warning = { code: "torn-line", message: `${"x".repeat(52)} 12 %` } as const;
    const [run] = sampleComparison([]).head.runs;
    const head = { runs: [{ ...run, warnings: [warning] }], plugins: [] } as unknown as RunComparison["head"];
    expect(render(sampleComparison([comparedCell()], { head }))).toContain("\n  12 %\n");
  });

  test("marks suspects whose variation between runs is unknown", () => {
    const cell = comparedCell({ ...REGRESSION, reason: "between-run variation unknown", betweenRuns: null });
    expect(render(sampleComparison([cell]))).toMatch(/48\.9 ms; .*\n {6}between-run variation unknown\n/);
  });

  test("lists cells that only the head failed to measure before the changes", () => {
    const failed = {
      ...uncomparedCell(`failed in head: ${"x".repeat(1000)}`),
      base: "measured",
      head: "failed",
    } as const;
    const text = render(sampleComparison(cells, { uncompared: [failed] }));
    expect(text).toMatch(/\nFailed in the head only \(1\):\n {2}\S+\/check-time: failed in head: x{100,250}…\n\nSusp/);
    expect(text).not.toContain("that could not be compared");
  });

  test("lists newly failing clauses with evidence and reproduction before cells, and other changes with --all", () => {
    const removed = comparedClause({ clause: "gc", head: "missing", change: "removed" });
    const other = sampleComparison(cells, { clauses: [failingClause(), removed], uncomparedChecks: [brokenCheck()] });
    const text = render(other);
    expect(text).toContain("\nFailed in the head only (1):\n  quick/core/bridge/netns: failed in head: no agent\n");
    expect(text).toContain(
      "\nNewly failing MUST and derived clauses, not confirmed (1):\n" +
        "  quick/core/bridge/netns/del.idempotent/1.0.0 (MUST): passed → failed\n" +
        "      A second DEL succeeds. (DEL): expected exit code 0; got exit code 1\n" +
        "      error: no such device\n" +
        "      reproduce with:\n" +
        "      printf %s '{}' | env CNI_COMMAND=DEL /opt/cni/bin/bridge\n\nSuspected regressions",
    );
    expect(text).toContain("the sides tested different clauses: 0 only in the head, 1 only in the base");
    expect(text).toContain("not listed: 1 clause with another change and 1 cell without a change; list them");
    expect(render(other, true)).toContain("/gc/1.0.0 (MUST): passed → not tested\n");
  });

  test("has complete commands, or refers to json", () => {
    const reproduce = Array.from({ length: 40 }, (_, i) => `echo ${i}`).join("\n");
    const text = render(sampleComparison([], { clauses: [failingClause({ reproduce })] }));
    expect(text).toContain("reproduce with:\n      the commands of --format json\n");
    expect(text).not.toContain("echo 1");
    expect(text).not.toContain("too few blocks");
  });

  test.each(HOSTILE_STRINGS)("controls no terminal: %j", (text) => {
    const output = render(hostileComparison(`${text}\nfake line\r`), true);
    expect(output).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(output).not.toMatch(/^fake line/m);
  });
});
