/** The first screen of ordinary and of unusual runs, as text. */
import { describe, expect, it } from "vitest";
import { screenQuestions } from "../../../reports/first-screen/screen-questions.ts";
import { firstScreen } from "../../../reports/html/first-screen/index.ts";
import { figuresOf } from "../../../reports/questions.ts";
import type { ReportInput } from "../../../reports/report.ts";
import type { Comparison, SummaryCell } from "../../../results/summary.ts";
import { shownTexts } from "../../helpers/page-text.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const HEADLINES = ["quick/tcp-1/cross-node/throughput", "quick/pods/same-node/add-time"];

const markup = (input: ReportInput): string =>
  firstScreen(input, screenQuestions(input.run, figuresOf(input.summary)), "").in("en");
/** Returns the English text that is visible before a choice of the reader. */
const textOf = (input: ReportInput): string =>
  shownTexts(markup(input), "en", { unchosenOnly: true }).join(" ").replaceAll(/\s+/g, " ");
const withHeadlines = (input: ReportInput, headlines = HEADLINES): ReportInput => ({
  ...input,
  run: { ...input.run, plan: { ...input.run.plan, headlines } },
});
const withCells = (input: ReportInput, change: (cell: SummaryCell) => SummaryCell | []): ReportInput => ({
  ...input,
  summary: { ...input.summary, cells: input.summary.cells.flatMap(change) },
});
const sample = withHeadlines(inputOf(sampleRun()));

/** Returns the sample with other plugins, all with the values of bridge, of which each pair is undecided. */
function withPlugins(plugins: readonly string[]): ReportInput {
  const { summary, run } = sample;
  const [pair] = summary.comparisons as [Comparison];
  const cells = summary.cells.flatMap((cell) => {
    if (cell.plugin === "host") return [cell];
    return cell.plugin === "bridge" ? plugins.map((plugin) => ({ ...cell, plugin })) : [];
  });
  const pairs = plugins.flatMap((a, index) => plugins.slice(index + 1).map((b) => ({ a, b })));
  const undecided = { verdict: "undecided", detectable: 1.1, path: "cross-node" } as const;
  const comparisons = pairs.map((names): Comparison => ({ ...pair, ...undecided, ...names }));
  return { ...sample, run: { ...run, plan: { ...run.plan, plugins } }, summary: { ...summary, cells, comparisons } };
}

describe("the first screen", () => {
  it("has the setup, an answer per headline, the heat table, the conformance and the warnings", () => {
    const text = textOf(sample);
    for (const part of [
      "2026-03-01 12:00 UTC; suite quick , 10 blocks; 2 nodes on netns",
      "Throughput cross-node, tcp-1 simplecni has 7.9 % lower throughput than ptp",
      "ADD time same-node, pods",
      "1× reference 24.78 Gbit/s, rank 1–2",
      "0.92× worse",
      "1 failed (core clauses, 1.0.0 )",
      "typical ratio within a block",
      "generator-limited The load generator used a full core",
      "How certain these answers are",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("Exploratory: no question");
    expect(text).not.toContain("conformant");
    expect(text.match(/generator-limited/g)).toHaveLength(1);
  });

  it("shows the verdicts of the summary, also for the other references", () => {
    const tiles = [...markup(sample).matchAll(/data-ref="([^"]*)" data-verdict="([^"]*)"/g)];
    const ofPtp = tiles.filter(([, reference]) => reference === "ptp").map(([, , verdict]) => verdict);
    const expected = sample.summary.comparisons
      .filter((each) => each.metric === "throughput" && each.path === "cross-node")
      .flatMap(({ a, b, verdict }) => (b === "ptp" ? [[a, verdict]] : []));
    expect(expected).toEqual([["bridge", ofPtp[0]]]);
    // A row per plugin, with two headlines each.
    expect(ofPtp).toEqual(["equal", "undecided", "reference", "reference", "worse", "worse"]);
  });

  it("answers for each reference, and compares with it alone", () => {
    const [answers = ""] = /<ul class="headlines">.*?<\/ul>/s.exec(markup(sample)) ?? [];
    const ofRef = (ref: string): string => {
      const [, first = ""] = answers.split(`data-ref="${ref}"`);
      return shownTexts(`<span>${first.slice(first.indexOf(">") + 1).split("data-ref=")[0] ?? ""}`, "en").join(" ");
    };
    expect(ofRef("best")).toContain("simplecni has 7.9 % lower throughput than ptp");
    expect(ofRef("bridge")).toContain("than bridge");
    expect(ofRef("bridge")).not.toContain("than ptp");
    expect(ofRef("host")).toMatch(/ratio to host: bridge 0\.\d+× \(95 % CI 0\.\d+ to 0\.\d+\), ptp/);
  });

  it("links to each cell and row of the heat table, with the data that the filter uses", () => {
    const page = markup(sample);
    const ids = ["h-tcp-1-throughput-cross-node-ptp", "h-pods-add-time-same-node-simplecni", "plugin-bridge"];
    for (const id of ids) {
      expect(page.split(` id="${id}"`)).toHaveLength(2);
      expect(page).toContain(`href="#${id}"`);
    }
    const [cell = ""] = /<td\s+id="h-tcp-1-throughput-cross-node-simplecni"[^>]*>/.exec(page) ?? [];
    const data = [...cell.matchAll(/data-([a-z]+)="([^"]*)"/g)].map(([, key, value]) => `${key}:${value}`);
    expect(data).toEqual(
      expect.arrayContaining([
        ...["plugin:simplecni", "scenario:tcp-1", "metric:throughput", "path:cross-node"],
        ...["state:measured", "verdict:worse"],
      ]),
    );
  });

  it("names headlines that the run lacks", () => {
    const text = textOf(withHeadlines(inputOf(sampleRun()), [...HEADLINES, "full/udp/cross-node/loss"]));
    expect(text).toContain("full/udp/cross-node/loss not part of this run");
  });
});

describe("the first screen of an unusual run", () => {
  it.each<[string, ReportInput, string[]]>([
    [
      "without any result",
      withHeadlines(inputOf(sampleRun({ measuredBlocks: 0, outcome: "interrupted" }))),
      ["0 of at most 10 blocks", "The run did not finish"],
    ],
    [
      "with failures only",
      withCells(sample, (cell) => ({ ...cell, state: "failed", median: null, ci95: null, n: 0, error: "no route" })),
      ["bridge , ptp and simplecni : failed", "75 cells of 75 failed"],
    ],
    [
      "with fewer blocks of one plugin",
      withCells(sample, (cell) => (cell.plugin === "ptp" && cell.n > 0 ? { ...cell, n: 6 } : cell)),
      ["quick , 6 to 10 blocks;"],
    ],
    ["with one block", withHeadlines(inputOf(sampleRun({ blocks: 1 }))), ["quick , 1 block;", "too few blocks"]],
    ["with one plugin", withPlugins(["bridge"]), ["no other plugin to compare with", "not compared"]],
    [
      "with forty plugins",
      withPlugins(Array.from({ length: 40 }, (_, index) => `plugin-${index + 1}`)),
      ["plugin-1 , plugin-2 , plugin-3 and 37 others: undecided, differences below 10 % can be missed", "plugin-40"],
    ],
    [
      "without a baseline",
      withCells(sample, (cell) => (cell.path === "host" ? [] : { ...cell, baselineRatio: null })),
      ["simplecni has 7.9 % lower throughput than ptp"],
    ],
    [
      "of a version without environment and headlines",
      withHeadlines({ ...sample, run: { ...sample.run, environment: null } }, []),
      ["Exploratory: no question was named before the run", "2 nodes on netns"],
    ],
    [
      "with huge values",
      withCells(sample, (cell) => (cell.median === null ? cell : { ...cell, median: cell.median * 1e290 })),
      ["Throughput"],
    ],
    [
      "with tiny values",
      withCells(sample, (cell) => (cell.median === null ? cell : { ...cell, median: cell.median * 1e-290 })),
      ["Throughput"],
    ],
    ["with values that are not numbers", withCells(sample, (cell) => ({ ...cell, median: Number.NaN })), ["–"]],
  ])("%s names missing measurements", (_, input, parts) => {
    const text = textOf(input);
    for (const part of parts) expect(text).toContain(part);
    expect(text).not.toMatch(/\b(undefined|NaN|null|Infinity|\[object )\b/);
  });

  it.each(["x".repeat(300), "מקדים-שלום", "🚀🔥", '<b>"x"</b>', "a\u202eb"])("isolates the name %j", (name) => {
    const page = markup(withPlugins([name, "bridge"]));
    const shown = name.replaceAll(/[<>"]/g, (character) => `&#${character.charCodeAt(0)};`).replace("\u202e", "\ufffd");
    expect(page).toContain(`<bdi>${shown}</bdi>`);
    expect(page).not.toContain('<b>"x"');
    // Outside of attributes, a name is always isolated.
    expect(page.replaceAll(/="[^"]*"/g, "").replaceAll(`<bdi>${shown}</bdi>`, "")).not.toContain(shown);
  });

  it("grows linearly with the number of cells", () => {
    const pageOf = (count: number): string => {
      const scenarios = Array.from({ length: count }, (_, index) => `load-${index + 10}`);
      const cells = scenarios.flatMap((scenario) => sample.summary.cells.map((cell) => ({ ...cell, scenario })));
      return markup(withHeadlines({ ...sample, summary: { ...sample.summary, cells } }, []));
    };
    const [few, more, most] = [pageOf(20), pageOf(40), pageOf(80)];
    expect(most).toContain("main questions are in the sections below");
    const [step, doubled] = [more.length - few.length, most.length - more.length];
    expect(step).toBeGreaterThan(10_000);
    expect(doubled).toBeGreaterThan(1.9 * step);
    expect(doubled).toBeLessThan(2.1 * step);
    expect(most.length).toBeLessThan(1_000_000);
  });
});
