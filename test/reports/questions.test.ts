import { describe, expect, it } from "vitest";
import type { ResultRecord } from "../../results/record.ts";
import { summarize } from "../../results/summarize.ts";
import { formatRanks } from "../../reports/format.ts";
import { plain } from "../../reports/first-screen/phrase.ts";
import { figuresOf } from "../../reports/questions.ts";
import type { Figure, Question } from "../../reports/questions.ts";
import { rankingSentence } from "../../reports/sentences.ts";
import { sampleRun } from "../helpers/sample-run.ts";
import type { SampleOptions } from "../helpers/sample-run.ts";

/** Returns the question of a metric on the cross-node path, with the given values of each plugin per block. */
function ask(
  values: Record<string, (block: number) => number>,
  options: SampleOptions = {},
  metric = "throughput",
): { figure: Figure; question: Question } {
  const { run: sample, records } = sampleRun(options);
  // Other questions are omitted, because each costs the time of its test.
  const cells = sample.plan.cells.filter((cell) => cell.metric === metric && cell.path !== "same-node");
  const run = { ...sample, plan: { ...sample.plan, cells } };
  const changed = records.map((record): ResultRecord => {
    const [, , plugin = "", , path, name] = record.cell.split("/");
    const valueOf = values[plugin];
    return record.kind === "repetition" && path === "cross-node" && name === metric && valueOf !== undefined
      ? { ...record, value: valueOf(record.block) }
      : record;
  });
  const figure = figuresOf(summarize(run, changed)).find((candidate) => candidate.metric === metric);
  const question = figure?.questions.find(({ path }) => path === "cross-node");
  if (figure === undefined || question === undefined) throw new Error("question not found in the sample run");
  return { figure, question };
}

const steady = (value: number) => (block: number) => value * (1 + block / 1000);
const ranks = ({ rankedCells }: Question) => rankedCells.map(({ cell, ranks }) => [cell.plugin, formatRanks(ranks)]);

describe("a question", () => {
  it("ranks by significant differences, best first", () => {
    const { figure, question } = ask({ bridge: steady(2e10), ptp: steady(3e10), simplecni: steady(1e10) });
    expect(ranks(question)).toEqual([
      ["ptp", "1"],
      ["bridge", "2"],
      ["simplecni", "3"],
    ]);
    expect(plain(rankingSentence(figure, question).en)).toBe(
      "ptp ranks first; bridge (−33 % vs. ptp) and simplecni (−67 % vs. ptp) rank lower. " +
        "Medians: ptp 30.16, bridge 20.11, simplecni 10.05 Gbit/s.",
    );
    expect(plain(rankingSentence(figure, question).zh)).toBe(
      "ptp 排名第一；bridge（相对 ptp 为 −33 %）和 simplecni（相对 ptp 为 −67 %）排名靠后。" +
        "中位数：ptp 30.16、bridge 20.11、simplecni 10.05 Gbit/s。",
    );
  });

  it("inverts the order if lower is better", () => {
    const { question } = ask({ bridge: steady(2), ptp: steady(3), simplecni: steady(1) }, {}, "cpu");
    expect(ranks(question)).toEqual([
      ["simplecni", "1"],
      ["bridge", "2"],
      ["ptp", "3"],
    ]);
  });

  it("gives equal plugins the same range of ranks, and names them", () => {
    const wobble = (block: number) => 2e10 * (1 + (block % 2 === 0 ? 0.01 : -0.01));
    const { figure, question } = ask({ bridge: steady(2e10), ptp: wobble, simplecni: steady(1e10) });
    expect(question.rankedCells.map(({ ranks }) => formatRanks(ranks))).toEqual(["1–2", "1–2", "3"]);
    expect(plain(rankingSentence(figure, question).en)).toMatch(
      /^simplecni ranks below .*−50 %.*\. Equal within the band: .* and .*\. Medians/,
    );
    const all = ask({ bridge: steady(2e10), ptp: wobble, simplecni: steady(2e10) });
    expect(all.question.rankedCells.map(({ ranks }) => formatRanks(ranks))).toEqual(["1–3", "1–3", "1–3"]);
    expect(plain(rankingSentence(all.figure, all.question).en)).toMatch(
      /^Equal within the band: .*, .* and .*\. Medians/,
    );
  });

  it("states what an undecided comparison could have shown", () => {
    const noisy = (shift: number) => (block: number) => 2e10 * (1 + ((block * 7 + shift) % 10) / 20);
    const { figure, question } = ask({ bridge: noisy(0), ptp: noisy(3), simplecni: noisy(5) });
    expect(new Set(question.comparisons.map(({ verdict }) => verdict))).toEqual(new Set(["undecided"]));
    expect(plain(rankingSentence(figure, question).en)).toMatch(
      /^Undecided: .* \(a difference of \+\d+ % had an 80 % chance to show; \d+ blocks show one outside the band\)\. /,
    );
  });

  it("ranks three plugins with six blocks", () => {
    const { question } = ask({ bridge: steady(2e10), ptp: steady(3e10), simplecni: steady(1e10) }, { blocks: 6 });
    expect(ranks(question).map(([, rank]) => rank)).toEqual(["1", "2", "3"]);
  });

  it("puts a failed plugin last and names it", () => {
    const { figure, question } = ask({}, { failure: "netperf: exit code 1" }, "transactions");
    expect(question.rankedCells.at(-1)).toMatchObject({
      cell: { plugin: "bridge", state: "failed" },
      ranks: null,
      isReference: false,
      versusBest: null,
    });
    expect(plain(rankingSentence(figure, question).en)).toMatch(/ Not measured: bridge\.$/);
  });

  it("names the failed plugins if no plugin was measured", () => {
    const { run } = sampleRun({ outcome: "interrupted" });
    const [figure] = figuresOf(summarize(run, []));
    const question = figure?.questions[0];
    if (figure === undefined || question === undefined) throw new Error("question not found in the sample run");
    expect(plain(rankingSentence(figure, question).en)).toBe("Not measured: bridge, ptp and simplecni.");
  });

  it("compares every other plugin (as a) with the best plugin (as b)", () => {
    const { question } = ask({ bridge: steady(2e10), ptp: steady(3e10), simplecni: steady(1e10) });
    const [first, second] = question.rankedCells;
    expect(first?.versusBest).toBeNull();
    expect(second?.versusBest).toMatchObject({ a: "bridge", b: "ptp", verdict: "worse" });
    expect(second?.versusBest?.estimate).toBeCloseTo(2 / 3, 9);
  });
});

describe("figuresOf", () => {
  it("keeps the baseline separate from the questions", () => {
    const { run, records } = sampleRun();
    for (const figure of figuresOf(summarize(run, records))) {
      expect(figure.questions.map(({ path }) => path)).not.toContain("host");
      expect(figure.baseline?.plugin ?? null).toBe(figure.runner === "lifecycle" ? null : "host");
    }
  });
});
