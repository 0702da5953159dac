/** The commands that measure the values of a table again, in the page without a script. */
import { expect, it } from "vitest";
import { repeatCommands } from "../../../reports/html/repeat-commands.ts";
import { figuresOf, type Figure } from "../../../reports/questions.ts";
import { repeatCommand } from "../../../reports/repeat-command.ts";
import { shownTexts } from "../../helpers/page-text.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const { summary, run } = inputOf(sampleRun());
const figures = figuresOf(summary);
const page = { plugins: run.plan.plugins, run };

/** Returns the texts of the commands of a figure. */
function commandsOf(figure: Figure): string[] {
  const text = repeatCommands(figure, page)?.text ?? "";
  return [...text.matchAll(/<pre class="copy">(.*?)<\/pre>/gs)].map(([pre]) => shownTexts(pre, "en").join(""));
}

it("has a command for all values and one for each planned cell", () => {
  for (const figure of figures) {
    const { suite, scenario, metric } = figure;
    const cells = summary.cells.filter(
      (cell) => cell.scenario === scenario && cell.metric === metric && cell.state !== "skipped",
    );
    const commands = commandsOf(figure);
    expect(commands[0]).toBe(repeatCommand(run, { suite, scenario, metric }));
    expect(commands.slice(1).sort()).toEqual(cells.map((cell) => repeatCommand(run, cell)).sort());
    expect(new Set(commands).size).toBe(commands.length);
  }
});

it("has none for a figure that was skipped", () => {
  const [figure] = figures;
  if (figure === undefined) throw new Error("the sample has no figure");
  const cell = { ...summary.cells[0], state: "skipped" } as (typeof summary.cells)[number];
  const question = {
    path: "same-node",
    plugins: ["bridge"],
    rankedCells: [{ cell, ranks: null, isReference: false, versusBest: null }],
  };
  const skipped = { ...figure, baseline: null, questions: [{ ...question, comparisons: [] }] };
  expect(repeatCommands(skipped, page)).toBeNull();
});
