/** The sections of scenarios: no view is lost, and summaries contain no links. */
import { expect, it } from "vitest";
import { viewIds } from "../../../reports/element-ids.ts";
import { scenarioSections } from "../../../reports/html/figures.ts";
import { type Figure, figuresOf } from "../../../reports/questions.ts";
import { viewsOf } from "../../../reports/views/index.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const input = inputOf(sampleRun({ blocks: 6 }));
const pods = figuresOf(input.summary).filter(({ scenario }) => scenario === "pods");

/** Returns the section of the life cycle of pods. */
async function section(opened: readonly Figure[]): Promise<string> {
  const { run } = input;
  const page = {
    ...{ figures: pods, charted: new Set(pods), opened: new Set(opened), views: viewsOf(input), prefix: "" },
    ...{ ids: viewIds(pods, ""), plugins: run.plan.plugins, run },
  };
  return (await scenarioSections(page, new Map())).text;
}

it("folds the views of a scenario of which all metrics are open", async () => {
  const text = await section(pods);
  expect(text).toMatch(/<summary>\s*<span lang="en">1 more view<\/span><span lang="zh">另外 1 个视图</);
  expect(text).toContain('<article id="v-pods-lifecycle" data-scenario="pods"');
});

it("isolates the names of the plugins in its sentences", async () => {
  const [answers = ""] = /<ul class="answers">.*?<\/ul>/s.exec(await section(pods.slice(0, 1))) ?? [];
  expect(answers).toContain("<bdi>bridge</bdi>");
  expect(answers.replaceAll(/<bdi>.*?<\/bdi>/g, "")).not.toMatch(/bridge|ptp|simplecni/);
});

it("counts the folded views and metrics, and folds no link into their summaries", async () => {
  const text = await section(pods.slice(0, 1));
  expect(text).toContain(`${pods.length} more views and metrics`);
  expect(text).toContain(`另外 ${pods.length} 个视图和指标`);
  const summaries = [...text.matchAll(/<summary>.*?<\/summary>/gs)].map(([summary]) => summary);
  expect(summaries.length).toBeGreaterThan(pods.length);
  for (const summary of summaries) expect(summary).not.toContain("<a ");
  for (const { metric } of pods) expect(text).toContain(`href="#v-pods-${metric}"`);
});
