/** The commands that measure the values of a figure again, all of them and each one. */
import type { RunFile, SummaryCell } from "../../results/index.ts";
import type { Text } from "../language/text.ts";
import type { Figure } from "../questions.ts";
import { repeatCommand } from "../repeat-command.ts";
import { html, type Content, type Html } from "./markup.ts";
import { markedName } from "./plugin-name.ts";

const REPEAT: Text = { en: "Measure again", zh: "重新测量" };
const ALL: Text = { en: "All values of this table", zh: "此表的所有数值" };

/** Works without a script, which only adds buttons that copy. */
export function repeatCommands(
  figure: Figure,
  { plugins, run }: { readonly plugins: readonly string[]; readonly run: RunFile },
): Html | null {
  const cells = repeatableCells(figure);
  if (cells.length === 0) return null;
  const { suite, scenario, metric } = figure;
  const line = (name: Content, command: string): Html =>
    html`<p class="role">${name}</p>
      <pre class="copy">${command}</pre>`;
  return html`<details>
    <summary>${REPEAT}</summary>
    ${line(ALL, repeatCommand(run, { suite, scenario, metric }))}
    ${cells.map((cell) =>
      line(html`${markedName(cell.plugin, plugins)}, <bdi>${cell.path}</bdi>`, repeatCommand(run, cell)),
    )}
  </details>`;
}

/** Returns the cells of a figure without those that the plan skips. */
function repeatableCells({ baseline, questions }: Figure): SummaryCell[] {
  const pods = questions.flatMap(({ rankedCells }) => rankedCells.map(({ cell }) => cell));
  return [...(baseline === null ? [] : [baseline]), ...pods].filter(({ state }) => state !== "skipped");
}
