/** The views of a run. */
import { expect, it } from "vitest";
import { viewIds } from "../../../reports/element-ids.ts";
import { figuresOf } from "../../../reports/questions.ts";
import { viewsOf } from "../../../reports/views/index.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import { hostileRun } from "../../helpers/hostile-run.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const input = inputOf(sampleRun({ blocks: 6 }));

it("has views of metrics, of scenarios and of the conformance, each with its own id", () => {
  const ids = viewsOf(input).all.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(
    expect.arrayContaining([
      ...["v-tcp-1-throughput", "v-tcp-1-throughput-ratio", "v-tcp-1-throughput-pairs"],
      ...["v-rr-1-percentiles", "v-pods-lifecycle", "v-conformance"],
    ]),
  );
});

it("gives the views of metrics the ids of their articles in a page", () => {
  const views = viewsOf(input);
  for (const [figure, id] of viewIds(figuresOf(input.summary)))
    if (figure.better !== "none") expect(views.metric(figure)?.value.id).toBe(id);
});

it("has no views of what was not measured", () => {
  expect(viewsOf(inputOf(sampleRun({ blocks: 6, measuredBlocks: 0 }))).all).toEqual([]);
});

it("has texts in both languages", () => {
  for (const { id, title, caption } of viewsOf(input).all) {
    expect(caption.en, id).toMatch(/^[^\p{Script=Han}]{20,}$/u);
    expect(caption.zh, id).toMatch(/\p{Script=Han}{4,}/u);
    // The Chinese title of CPU time is CPU.
    expect(title.en, id).toMatch(/^[^\p{Script=Han}]+$/u);
    expect(title.zh, id).toMatch(/CPU|\p{Script=Han}/u);
  }
});

it("draws names of plugins as text", async () => {
  const views = viewsOf(inputOf(hostileRun(HOSTILE_STRINGS.join(" "))));
  for (const { draw } of views.all.slice(0, 3)) {
    const svg = await draw();
    expect(svg.match(/<(script|img|style|foreignObject)|\son[a-z]+=/i)).toBeNull();
    expect(svg.match(/[\u0000\u0007\u001b\u202e]/)).toBeNull();
  }
});
