/** The verdicts in a page of several runs are those of the JSON report: of every cell, and of every pair of plugins. */
import { beforeAll, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import type { Comparison, Summary, SummaryCell } from "../../results/summary.ts";
import { comparedRun, noise } from "../helpers/compared-run.ts";
import { shownTexts } from "../helpers/page-text.ts";
import { inputOf } from "../helpers/sample-run.ts";

const QUESTIONS = [
  { scenario: "tcp-1", runner: "iperf3", metric: "throughput", paths: ["host", "same-node", "cross-node"] },
  { scenario: "pods", runner: "lifecycle", metric: "add-time", paths: ["same-node"] },
  { scenario: "rr-1", runner: "netperf", metric: "latency-p50", paths: ["host", "cross-node"] },
] as const;
const HEADLINES = ["quick/tcp-1/cross-node/throughput", "quick/pods/same-node/add-time"];

/** Plugins that are equal, slower, and so noisy that nothing is shown. */
const FACTORS: Readonly<Record<string, number>> = { slow: 1.3, slower: 1.7 };
const measure = (plugin: string, metric: string, block: number): number => {
  const spread = plugin === "noisy" ? 40 : 1;
  return (FACTORS[plugin] ?? 1) * (1 + spread * (noise(block, metric, plugin) - 1));
};

const inputs = [
  comparedRun({
    id: "a",
    plugins: ["bridge", "slow", "noisy", "same"],
    questions: QUESTIONS,
    headlines: HEADLINES,
    measure,
  }),
  comparedRun({ id: "b", plugins: ["slower", "noisy", "bridge"], questions: QUESTIONS, headlines: HEADLINES, measure }),
  comparedRun({ id: "c", plugins: ["slower", "bridge"], questions: QUESTIONS, blocks: 3, measure }),
].map(inputOf);

let page: string;
let summaries: readonly Summary[];
beforeAll(async () => {
  page = await reports.html.render(inputs);
  summaries = JSON.parse(await reports.json.render(inputs)) as Summary[];
});

interface Question {
  readonly suite: string;
  readonly scenario: string;
  readonly metric: string;
  readonly path: string;
}

const isAbout =
  ({ suite, scenario, metric, path }: Question) =>
  (other: Question): boolean =>
    other.suite === suite && other.scenario === scenario && other.metric === metric && other.path === path;

const OPPOSITE = { better: "worse", worse: "better", equal: "equal", undecided: "undecided" } as const;

/** Returns the verdict of a plugin compared with another one; empty if they were not compared. */
function verdictOf(comparisons: readonly Comparison[], plugin: string, other: string): Comparison["verdict"] | "" {
  const same = comparisons.find(({ a, b }) => a === plugin && b === other);
  const inverse = comparisons.find(({ a, b }) => a === other && b === plugin);
  return same?.verdict ?? (inverse === undefined ? "" : OPPOSITE[inverse.verdict]);
}

interface Expected {
  readonly mark: string;
  readonly ranks: string;
}

/** Derives from the JSON report what a page states about a cell. */
function expectedOf({ cells, comparisons }: Summary, cell: SummaryCell): Expected {
  const pairs = comparisons.filter(isAbout(cell));
  const compared = cells
    .filter(isAbout(cell))
    .filter(({ plugin }) => pairs.some(({ a, b }) => a === plugin || b === plugin));
  const sign = cell.better === "higher" ? -1 : 1;
  const [reference] = compared.toSorted((x, y) => sign * ((x.median ?? 0) - (y.median ?? 0)));
  if (reference === undefined || !compared.includes(cell)) return { mark: "", ranks: "–" };
  const verdicts = compared.filter((each) => each !== cell).map(({ plugin }) => verdictOf(pairs, cell.plugin, plugin));
  const first = 1 + verdicts.filter((verdict) => verdict === "worse").length;
  const last = compared.length - verdicts.filter((verdict) => verdict === "better").length;
  const mark = cell !== reference ? verdictOf(pairs, cell.plugin, reference.plugin) : last === 1 ? "best" : "reference";
  return { mark, ranks: first === last ? String(first) : `${first}–${last}` };
}

type Attributes = Readonly<Record<string, string>>;

function attributesOf(tag: string): Attributes {
  return Object.fromEntries(
    [...tag.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

/** Returns the attributes and the content of elements, which contain no element of the same name. */
function elements(markup: string, name: string): { readonly data: Attributes; readonly content: string }[] {
  const pattern = new RegExp(String.raw`<${name}(\s[^>]*)?>(.*?)</${name}>`, "gs");
  return [...markup.matchAll(pattern)].map(([, tag = "", content = ""]) => ({ data: attributesOf(tag), content }));
}

const questionOf = (data: Attributes): Question => ({
  suite: data["data-suite"] ?? "",
  scenario: data["data-scenario"] ?? "",
  metric: data["data-metric"] ?? "",
  path: data["data-path"] ?? "",
});

it("has runs with every kind of verdict, among headlines and among other questions", () => {
  for (const family of ["headline", "exploratory"]) {
    const verdicts = summaries.flatMap(({ comparisons }) =>
      comparisons.filter((each) => each.family === family).map(({ verdict }) => verdict),
    );
    const kinds = new Set(verdicts.map((verdict) => (verdict === "worse" ? "better" : verdict)));
    expect(kinds).toEqual(new Set(["better", "equal", "undecided"]));
  }
});

it("states verdict and ranks of every cell in its row", () => {
  const rows = elements(page, "tr").filter(({ data }) => data["data-state"] !== undefined);
  expect(rows).toHaveLength(summaries.flatMap(({ cells }) => cells).length);
  summaries.forEach((summary, index) => {
    const own = rows.filter(({ data }) => data["id"]?.startsWith(`run-${index + 1}-`));
    const seen = own.map(({ data, content }) => {
      const [rank = "", ...columns] = elements(content, "td").map((cell) =>
        shownTexts(cell.content, "en", { unchosenOnly: true }).join(" "),
      );
      const [label = ""] = columns.at(-2)?.split(" (") ?? [];
      return { ...questionOf(data), plugin: data["data-plugin"], mark: data["data-verdict"], rank, label };
    });
    const expected = summary.cells.map((cell) => {
      const { mark, ranks: rank } = expectedOf(summary, cell);
      const { suite, scenario, metric, path, plugin } = cell;
      return { suite, scenario, metric, path, plugin, mark, rank, label: /best|reference/.test(mark) ? "" : mark };
    });
    const byCell = (list: readonly object[]): string[] => list.map((each) => JSON.stringify(each)).sort();
    expect(byCell(seen)).toEqual(byCell(expected));
  });
});

it("states the verdict of every pair of a main question in the table of all runs", () => {
  const [table] = elements(page, "table").filter(({ data }) => data["class"] === "heat several");
  const heads = elements(table?.content ?? "", "th");
  const runOfColumn = heads
    .filter(({ data }) => data["scope"] === "colgroup")
    .flatMap(({ data }, run) => Array.from({ length: Number(data["colspan"]) }, () => run));
  const questions = heads.filter(({ data }) => data["data-metric"] !== undefined).map(({ data }) => questionOf(data));
  expect(questions).toHaveLength(runOfColumn.length);
  let pairs = 0;
  for (const { data, content } of elements(table?.content ?? "", "tr")) {
    const plugin = data["data-plugin"];
    if (plugin === undefined) continue;
    const cells = elements(content, "td").flatMap((cell) => [
      cell.content,
      ...Array.from({ length: Number(cell.data["colspan"] ?? 1) - 1 }, () => ""),
    ]);
    expect(cells).toHaveLength(questions.length);
    questions.forEach((question, column) => {
      const { comparisons, ...summary } = summaries[runOfColumn[column] ?? -1] as Summary;
      const cell = summary.cells.find((each) => each.plugin === plugin && isAbout(question)(each));
      const tiles = [...(cells[column] ?? "").matchAll(/<div class="tile[^>]*>/g)].map(([tag]) => attributesOf(tag));
      expect(tiles.length > 0).toBe(cell !== undefined);
      for (const { "data-ref": ref = "", "data-verdict": shown } of tiles) {
        const { mark } = expectedOf({ comparisons, ...summary }, cell as SummaryCell);
        const verdict = verdictOf(comparisons.filter(isAbout(question)), plugin, ref);
        expect([ref, shown]).toEqual([ref, ref === "best" ? mark : ref === plugin ? "reference" : verdict]);
        pairs += verdict === "" ? 0 : 1;
      }
    });
  }
  const main = summaries.map(({ comparisons }, run) =>
    comparisons.filter((each) => questions.some((one, column) => runOfColumn[column] === run && isAbout(one)(each))),
  );
  // Each pair is seen from both of its plugins.
  expect(pairs).toBe(2 * main.flat().length);
});

it("states the verdict of every pair in the views of pairs", () => {
  const marks = { better: "▲", worse: "▼", equal: "=", undecided: "?" } as const;
  let count = 0;
  summaries.forEach(({ comparisons }, index) => {
    for (const { data, content } of elements(page, "figure")) {
      const [, scenario, metric] =
        new RegExp(`^run-${index + 1}-v-(tcp-1|pods|rr-1)-(.*)-pairs-view$`).exec(data["id"] ?? "") ?? [];
      if (scenario === undefined) continue;
      const texts = elements(content, "text").map((text) => text.content);
      const pairs = texts.filter((text) => text.includes(" / "));
      const shown = texts.filter((text) => /^[▲▼=?] /.test(text)).map(([mark]) => mark);
      const own = comparisons.filter((each) => each.scenario === scenario && each.metric === metric);
      const paths = [...new Set(own.map(({ path }) => path))];
      const expected = paths.flatMap((path) =>
        pairs.slice(0, own.filter((each) => each.path === path).length).map((pair) => {
          const [a = "", b = ""] = pair.split(" / ");
          return marks[
            verdictOf(
              own.filter((each) => each.path === path),
              a,
              b,
            ) || "undecided"
          ];
        }),
      );
      expect(shown.toSorted()).toEqual(expected.toSorted());
      count += shown.length;
    }
  });
  expect(count).toBeGreaterThan(0);
});
