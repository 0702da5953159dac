import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import { escapeText } from "../../reports/markdown.ts";
import type { ReportInput } from "../../reports/report.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import type { SummaryCell } from "../../results/summary.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { HOSTILE_STRINGS } from "../helpers/hostile.ts";
import { largeRun } from "../helpers/large-run.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const render = (...runs: LoadedRun[]) => reports.md.render(runs.map(inputOf));

describe("escapeText", () => {
  it.each([
    ["a|b", "a&#124;b"],
    ["<img src=x>", "&#60;img src&#61;x&#62;"],
    ["two\nlines", "two lines"],
    ["[x](y) `z` **b** _i_ ~s~", "&#91;x&#93;(y) &#96;z&#96; &#42;&#42;b&#42;&#42; &#95;i&#95; &#126;s&#126;"],
    ["a &lt; b \\| c", "a &#38;lt; b &#92;&#124; c"],
  ])("leaves no markup in %j", (given, expected) => {
    expect(escapeText(given)).toBe(expected);
  });

  it("prevents mentions, issue references and links with an invisible character", () => {
    expect(escapeText("@octocat fixes #12, see https://example.org and www.example.org")).toBe(
      "@\u2060octocat fixes &#35;\u206012, see https:\u2060//example.org and www\u2060.example.org",
    );
  });
});

const HEADLINES = ["quick/tcp-1/cross-node/throughput", "quick/pods/same-node/add-time"];
const withHeadlines = (input: ReportInput): ReportInput => ({
  ...input,
  run: { ...input.run, plan: { ...input.run.plan, headlines: HEADLINES } },
});
const failing = withHeadlines(inputOf(sampleRun({ blocks: 10, failure: "netperf: exit code 1" })));

describe("the md report", () => {
  it("starts with the verdicts, the answers, the conformance and the warnings", async () => {
    const [shown = ""] = (await reports.md.render([failing])).split("<details>");
    await expect(shown).toMatchFileSnapshot("../fixtures/reports/head.md");
  });

  it("marks the best plugin, and cells that were not compared or measured", async () => {
    const cells = failing.summary.cells.map((cell) =>
      cell.metric === "add-time" && cell.plugin === "ptp"
        ? ({ ...cell, state: "failed", median: null } as const)
        : cell,
    );
    const comparisons = failing.summary.comparisons.filter(({ b, a }) => a !== "bridge" || b !== "simplecni");
    const page = await reports.md.render([{ ...failing, summary: { ...failing.summary, cells, comparisons } }]);
    expect(page).toMatch(/^\| ptp \| .* \| failed \|$/m);
  });

  it("contains all medians, the failures and the environment", async () => {
    const page = await reports.md.render([failing]);
    expect(page).toContain("<summary>Values of quick / tcp-1, median (95 % confidence interval) (8)</summary>");
    expect(page).toMatch(/\| Throughput, Gbit\/s \| cross-node \| \d+\.\d+ \(\d+\.\d+ to \d+\.\d+\) \| (\*\*)?\d/);
    expect(page).toContain("| failed |");
    expect(page).toMatch(/^- quick\/rr-1\/bridge\/netns\/cross-node\/\S+ and 4 more: netperf: exit code 1$/m);
    expect(page).toContain("Kernel: 6.1.0-18-amd64");
  });

  it("shows failed clauses with evidence and reproduction, and no verdict from the core clauses alone", async () => {
    const page = await render(sampleRun());
    expect(page).toContain(
      "**check-address-gone** (ptp; MUST, CHECK; 1.0.0): CHECK fails when an address was removed.",
    );
    expect(page).toContain("- cnibench-1: address 10.1.0.2/24 on eth0 scope global\n```");
    expect(page).toContain("env CNI_COMMAND=CHECK /opt/cni/bin/ptp\n```");
    expect(page).toContain("**add-routes** (bridge; MUST, ADD: result; 1.0.0): the result lists the default route");
    expect(page).toContain("bridge: check-healthy (1.0.0): not applicable before specification 0.4.0");
    expect(page).not.toContain("conformant");
  });

  it("reports an unfinished run, and emulated nodes, of which no plugin is the best", async () => {
    const unfinished = await render(sampleRun({ outcome: "interrupted", measuredBlocks: 4 }));
    expect(unfinished.split("<details>")[0]).toContain("The run did not finish");
    const page = await render(sampleRun({ emulated: true }));
    expect(page.split("<details>")[0]).toContain("The nodes are emulated: nothing is ranked.");
    expect(page).toContain("; not compared |");
    expect(page).not.toMatch(/\*\*[\d.]+(×| \()/);
  });

  it.each(HOSTILE_STRINGS)("contains no external markup: %j", async (hostile) => {
    const page = await render(hostileRun(hostile));
    // Code blocks end only at a fence as long as the first, which their content does not have.
    const text = page.replace(/^(`{3,})\n.*?\n\1$/gms, "");
    expect(text.length).toBeLessThan(page.length);
    expect([...text.matchAll(/<(?!\/?(details|summary)>)/g)]).toEqual([]);
    for (const line of text.split("\n").filter((each) => each.startsWith("|")))
      expect(line).toMatch(/^\|( [^|]* \|)+$/);
  });

  describe.each<[string, (index: number) => string]>([
    ["short", (index) => `plugin-${index + 1}`],
    ["long", (index) => `${"x".repeat(297)}${index}`],
    ["hostile", (index) => `${"|<`*_[@a".repeat(37)}${index}`],
  ])("of 5,000 cells of 40 plugins with %s names", (_, nameOf) => {
    const plugins = Array.from({ length: 40 }, (_each, index) => nameOf(index));
    const outliers = (index: number): SummaryCell["warnings"] => [{ code: "outlier", message: `block ${index} | <b>` }];
    const run = largeRun({
      plugins,
      copies: 6,
      change: (cell, index) =>
        index > 1000 && index % 3 === 0
          ? { ...cell, state: "failed", median: null, ci95: null, error: `error ${index} ${"|<".repeat(500)}` }
          : { ...cell, warnings: outliers(index) },
    });

    it("fits in one comment, with whole rows and a sentence about the others", async () => {
      expect(run.summary.cells.length).toBeGreaterThan(5000);
      const page = await reports.md.render([run]);
      expect(page.length).toBeLessThanOrEqual(65_000);
      expect(page.length).toBeGreaterThan(50_000);
      const [note = ""] = page.trimEnd().split("\n").slice(-1);
      expect(note).toMatch(
        /^Omitted to fit in one comment: .*\d+ of \d+ failures, .*rows of values.*; the html report/,
      );
      expect(page.match(/<details>/g)?.length).toBe(page.match(/<\/details>/g)?.length);
      for (const line of page.split("\n").filter((each) => each.startsWith("|")))
        expect(line).toMatch(/^\|( [^|]* \|)+$/);
      expect(page.replaceAll(/&#\d+;/g, "")).not.toMatch(/&|<(?!\/?(details|summary)>)/);
    });

    it("shows all plugins in the verdict table, and all answers", async () => {
      const [shown = ""] = (await reports.md.render([run])).split("<details>");
      expect(shown.split("\n").filter((line) => /undecided\*.*undecided\*/.test(line))).toHaveLength(39);
      expect(shown).toContain("**ADD time**, same-node, pods: ");
      expect(shown).toContain("can be missed");
      expect(shown).toContain("**generator-limited**");
    });
  });

  it("fits in one comment with several runs, whose verdicts come before details", async () => {
    const plugins = Array.from({ length: 40 }, (_, index) => `plugin-${index + 1}`);
    const page = await reports.md.render([largeRun({ plugins, copies: 6 }), failing]);
    expect(page.length).toBeLessThanOrEqual(65_000);
    expect(page.match(/^## CNI plugin comparison/gm)).toHaveLength(2);
    expect(page).toContain("simplecni takes");
  });
});
