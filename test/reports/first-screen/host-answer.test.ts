import { expect, it } from "vitest";
import { hostAnswer } from "../../../reports/first-screen/host-answer.ts";
import { plain } from "../../../reports/first-screen/phrase.ts";
import { figuresOf, type Question } from "../../../reports/questions.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const figures = figuresOf(inputOf(sampleRun()).summary);
const question = figures.find(({ metric }) => metric === "throughput")?.questions[0] as Question;

/** Returns the question with other ratios, in the order of ranks. */
function withRatios(ratio: Question["rankedCells"][number]["cell"]["baselineRatio"]): Question {
  const rankedCells = question.rankedCells.map((ranked) => ({
    ...ranked,
    cell: { ...ranked.cell, baselineRatio: ratio },
  }));
  return { ...question, rankedCells };
}

it("states the ratio of each plugin in plan order, with its interval and without a verdict", () => {
  const { en, zh } = hostAnswer(withRatios({ median: 0.884, ci95: [0.871, 0.902] }));
  const all = ["bridge", "ptp", "simplecni"];
  expect(plain(en)).toBe(`ratio to host: ${all.map((name) => `${name} 0.88× (95 % CI 0.87 to 0.90)`).join(", ")}`);
  expect(plain(zh)).toBe(
    `与 host 的比值：${all.map((name) => `${name} 0.88×（95 % 置信区间 0.87 至 0.90）`).join("，")}`,
  );
  expect(plain(hostAnswer(withRatios({ median: 0.884, ci95: null })).en)).toContain("bridge 0.88×, ptp 0.88×");
});

it("says that there is no host value", () => {
  expect(plain(hostAnswer(withRatios(null)).en)).toBe("no host value to compare with");
});
