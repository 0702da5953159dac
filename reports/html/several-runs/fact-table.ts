/** The table of runs: facts in which they differ, those that prevent a comparison first, and what each run lacks. */
import { keyWarnings } from "../../first-screen/key-warnings.ts";
import { blockCount, startText } from "../../first-screen/where.ts";
import { factLabel } from "../../language/fact-labels.ts";
import type { Text } from "../../language/text.ts";
import { gaps } from "../../several-runs.ts";
import type { RunFact, RunFacts } from "../../../results/index.ts";
import { sentenceContent } from "../first-screen/sentence.ts";
import { fold } from "../fold.ts";
import { html, type Content, type Html } from "../markup.ts";
import { scrollable } from "../table.ts";
import type { PageRun } from "./page-run.ts";

/** Facts of a group that are shown; more are folded. */
const MAX_SHOWN = 5;

const LABEL: Text = { en: "Runs and the facts in which they differ", zh: "各次运行及其不同的事实" };
const MORE_LABEL: Text = { en: "More facts that differ", zh: "其他不同的事实" };
const FACT: Text = { en: "Fact", zh: "事实" };
const UNKNOWN: Text = { en: "unknown", zh: "未知" };
const PREVENTING: Text = { en: "Facts that prevent a comparison", zh: "使运行不可比的事实" };
const OTHERS: Text = { en: "Other facts that differ", zh: "其他不同的事实" };
const RUNS: Text = { en: "Runs", zh: "运行" };
const STARTED: Text = { en: "Started", zh: "开始时间" };
const SUITES: Text = { en: "Suites", zh: "套件" };
const BLOCKS: Text = { en: "Blocks", zh: "区组" };
const MISSING: Text = { en: "Missing", zh: "缺失" };
const WARNINGS: Text = { en: "Warnings", zh: "警告" };
const NOTHING: Text = { en: "nothing", zh: "无" };

export function factTable(runs: readonly PageRun[], { preventing, others }: RunFacts): Html {
  const shown = others.slice(0, MAX_SHOWN);
  const more = [...preventing.slice(MAX_SHOWN), ...others.slice(MAX_SHOWN)];
  const groups = [
    group(PREVENTING, runs, preventing.slice(0, MAX_SHOWN).map(factRow)),
    group(OTHERS, runs, shown.map(factRow)),
    group(preventing.length + others.length === 0 ? null : RUNS, runs, runRows(runs)),
  ];
  const summary = { en: `${more.length} more facts that differ`, zh: `另外 ${more.length} 个不同的事实` };
  return html`${runTable(LABEL, runs, groups)}
  ${more.length === 0 ? null : fold(summary, runTable(MORE_LABEL, runs, [group(null, runs, more.map(factRow))]))}`;
}

function runTable(label: Text, runs: readonly PageRun[], groups: Content): Html {
  return scrollable(
    label,
    html`<table class="runs">
      <thead>
        <tr>
          <th scope="col">${FACT}</th>
          ${runs.map(runHead)}
        </tr>
      </thead>
      ${groups}
    </table>`,
  );
}

function runHead({ input, prefix, name }: PageRun): Html {
  return html`<th scope="col">
    <a href="#${prefix}overview">${name}</a> <small><bdi>${input.run.id}</bdi></small>
  </th>`;
}

/** Returns nothing for a group without rows. */
function group(title: Text | null, runs: readonly PageRun[], rows: readonly Html[]): Html | null {
  if (rows.length === 0) return null;
  const head =
    title &&
    html`<tr class="group">
      <th scope="rowgroup" colspan="${runs.length + 1}">${title}</th>
    </tr>`;
  return html`<tbody>
    ${head} ${rows}
  </tbody>`;
}

function factRow({ fact, values }: RunFact): Html {
  return row(
    sentenceContent(factLabel(fact)),
    values.map((value) => (value === null ? html`<span class="muted">${UNKNOWN}</span>` : html`<bdi>${value}</bdi>`)),
  );
}

/** Omits the suites if they do not differ, and what is missing if nothing is. */
function runRows(runs: readonly PageRun[]): Html[] {
  const inputs = runs.map(({ input }) => input);
  const suites = inputs.map(({ run }) => run.plan.suites.join(", "));
  const missing = inputs.map(gaps);
  return [
    row(STARTED, inputs.map(startText)),
    ...(new Set(suites).size < 2
      ? []
      : [
          row(
            SUITES,
            suites.map((names) => html`<bdi>${names}</bdi>`),
          ),
        ]),
    row(BLOCKS, inputs.map(blockCount)),
    ...(missing.every((each) => each === null)
      ? []
      : [
          row(
            MISSING,
            missing.map((each) => each ?? NOTHING),
          ),
        ]),
    row(WARNINGS, runs.map(warningCodes)),
  ];
}

function row(title: Content, values: readonly Content[]): Html {
  return html`<tr>
    <th scope="row">${title}</th>
    ${values.map((value) => html`<td>${value}</td>`)}
  </tr>`;
}

/** Returns the codes of the most important warnings, whose texts are in the overview of the run. */
function warningCodes({ input, prefix }: PageRun): Content {
  const { shown, others } = keyWarnings(input.summary);
  const codes = shown
    .filter(({ code }) => code !== "failed")
    .map(({ code }) => html`<span class="warn">${code}</span> `);
  const more = { en: `${others} more`, zh: `另外 ${others} 类` };
  if (codes.length + others === 0) return NOTHING;
  return html`${codes}${others === 0 ? null : html`<a href="#${prefix}doubts">${more}</a>`}`;
}
