import { describe, expect, it } from "vitest";
import { openedFigures, screenQuestions } from "../../../reports/first-screen/screen-questions.ts";
import { figuresOf } from "../../../reports/questions.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const { run, summary } = inputOf(sampleRun());
const figures = figuresOf(summary);
const selected = (headlines?: readonly string[]) => {
  const plan = headlines === undefined ? run.plan : { ...run.plan, headlines };
  const questions = screenQuestions({ plan }, figures);
  const names = questions.shown.map(({ figure, question }) => `${figure.metric} ${question.path}`);
  const opened = [...openedFigures(questions)].map(({ metric }) => metric);
  return { ...questions, names, opened };
};

describe("the questions of the first screen", () => {
  it("are the headlines in plan order, and those that the run lacks", () => {
    const headlines = [
      "quick/pods/same-node/add-time",
      "quick/tcp-1/cross-node/throughput",
      "quick/udp/cross-node/loss",
    ];
    expect(selected(headlines)).toMatchObject({
      headline: true,
      names: ["throughput cross-node", "add-time same-node"],
      opened: ["throughput", "add-time"],
      missing: ["quick/udp/cross-node/loss"],
    });
  });

  it("are the main metrics of a run without headlines, of which the first ones are open", () => {
    const { headline, names, opened } = selected();
    expect([headline, names.length, names[0]]).toEqual([false, 10, "throughput same-node"]);
    expect(opened).toEqual([
      ...["throughput", "cpu-per-gbit", "transactions", "latency-p99", "add-time", "pod-ready-time"],
    ]);
  });

  it("are all metrics with a better direction if none of them is a main one", () => {
    const others = figures.filter(({ metric }) => metric === "retransmits" || metric === "cpu");
    const { shown } = screenQuestions(run, others);
    expect(shown.map(({ figure }) => figure.metric)).toEqual(["retransmits", "retransmits", "cpu", "cpu"]);
  });
});
