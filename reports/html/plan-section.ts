/** The plan of a run: everything that was decided before the first measurement. */
import { findMetric } from "../../core/metrics.ts";
import { groupBy } from "../../core/group.ts";
import { listAt, stringAt, valueAt } from "../../core/untrusted-json.ts";
import type { Band, PlannedCell, RunFile } from "../../results/index.ts";
import { formatPercent, formatValue } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import { joinItems, type Text } from "../language/text.ts";
import { plannedBlocks } from "../stopping.ts";
import { warmUpFact, type Fact } from "./cluster-facts.ts";
import { fold, foldedSection } from "./fold.ts";
import { html, type Content, type Html } from "./markup.ts";
import { headedTable, scrollable } from "./table.ts";

/** Blocks of which the order is shown; run.json has the others. */
const MAX_ORDERED_BLOCKS = 100;

const TITLE: Text = { en: "Plan", zh: "计划" };
const SCENARIOS: Text = { en: "Scenarios", zh: "场景" };
const ORDER: Text = { en: "Order of the deployments", zh: "部署的顺序" };
const HEADLINES: Text = { en: "Headline questions", zh: "主要问题" };
const NO_HEADLINES: Text = { en: "none: all questions are exploratory", zh: "无：所有问题都是探索性的" };

const NOT_STORED: Text = { en: "not stored", zh: "未存储" };

/** @param prefix of all ids, if a page shows several runs */
export function planSection(run: RunFile, prefix: string): Html {
  const { plan } = run;
  const rows = planFacts(run).map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${value}</td>
      </tr>`,
  );
  const facts = html`<table>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return foldedSection(
    `${prefix}plan`,
    TITLE,
    html`${scrollable(TITLE, facts)} ${plan.cells.length === 0 ? null : scenarioTable(run)}
    ${plan.order.length === 0 ? null : fold(ORDER, orderList(plan.order))}`,
  );
}

function planFacts({ plan, seed, environment, outcome, finishedAt }: RunFile): readonly Fact[] {
  return [
    [HEADLINES, headlineList(plan.headlines ?? [])],
    [{ en: "Blocks", zh: "区组" }, plannedBlocks(plan)],
    [{ en: "Stopping rule", zh: "停止规则" }, stoppingText(plan)],
    [{ en: "Equivalence bands", zh: "等效区间" }, bandText(plan)],
    [{ en: "Random seed of the order", zh: "顺序的随机种子" }, html`<code>${seed}</code>`],
    ...(environment === null ? [] : [warmUpFact(environment.cluster)]),
    [{ en: "Outcome", zh: "结果" }, outcomeText(outcome, finishedAt)],
  ];
}

function headlineList(headlines: readonly string[]): Content {
  if (headlines.length === 0) return NO_HEADLINES;
  return headlines.map((id) => html`<div><code>${id}</code></div>`);
}

function stoppingText({ stoppingRules = {} }: RunFile["plan"]): Content {
  const rules = Object.entries(stoppingRules);
  if (rules.length === 0) return { en: "none: the number of blocks is fixed", zh: "无：区组数固定" };
  return rules.map(([suite, { min, max, until }]) => {
    const width = formatPercent(until);
    const rule: Text = {
      en: `: after block ${min} to ${max}, once the widest 95 % interval of a headline ratio is at most ±${width}`,
      zh: `：在第 ${min} 至 ${max} 个区组之后，一旦主要问题的比值中最宽的 95 % 置信区间不超过 ±${width}`,
    };
    return html`<div><bdi>${suite}</bdi>${rule}</div>`;
  });
}

/** Older runs do not store the default bands. */
function bandText({ defaultBands, bands = {} }: RunFile["plan"]): Content {
  if (defaultBands === undefined && Object.keys(bands).length === 0) return NOT_STORED;
  const ratio = defaultBands === undefined ? [] : [ratioBand(defaultBands.ratio)];
  const differences = Object.entries(defaultBands?.differences ?? {}).map(([metric, difference]) =>
    namedBand(metric, { difference }),
  );
  const ofSuites = Object.entries(bands).map(([suite, byMetric]) => {
    const list = joinItems(Object.entries(byMetric).map(([metric, band]) => namedBand(metric, band)));
    return html`<div><bdi>${suite}</bdi>${{ en: `: ${list.en}`, zh: `：${list.zh}` }}</div>`;
  });
  return [joinItems([...ratio, ...differences]), ...ofSuites];
}

function ratioBand(ratio: number): Text {
  const width = formatPercent(ratio - 1);
  return { en: `ratios ±${width}`, zh: `比值 ±${width}` };
}

function namedBand(metric: string, { ratio, difference = 0 }: Band): Text {
  const { en, zh } = metricLabel(metric);
  const width =
    ratio === undefined ? formatValue(difference, findMetric(metric)?.unit ?? "1") : formatPercent(ratio - 1);
  return { en: `${en} ±${width}`, zh: `${zh} ±${width}` };
}

function outcomeText(outcome: RunFile["outcome"], finishedAt: string | null): Text {
  const { en, zh } = OUTCOMES[outcome ?? "unfinished"];
  if (finishedAt === null) return { en, zh };
  const time = `${finishedAt.replace("T", " ").slice(0, 19)} UTC`;
  return { en: `${en} at ${time}`, zh: `${zh}，${time}` };
}

const OUTCOMES: Readonly<Record<NonNullable<RunFile["outcome"]> | "unfinished", Text>> = {
  complete: { en: "complete", zh: "完成" },
  interrupted: { en: "interrupted", zh: "已中断" },
  failed: { en: "failed", zh: "失败" },
  unfinished: { en: "not finished", zh: "未完成" },
};

function scenarioTable({ plan, definition }: RunFile): Html {
  const head: readonly Content[] = [
    { en: "Scenario", zh: "场景" },
    { en: "Runner", zh: "执行器" },
    { en: "Paths", zh: "路径" },
    { en: "Repetitions per block", zh: "每个区组的重复次数" },
    { en: "Load", zh: "负载" },
    { en: "Parameters", zh: "参数" },
  ];
  const rows = [...groupBy(plan.cells, ({ suite, scenario }) => `${suite} / ${scenario}`)].map(([name, cells]) =>
    scenarioRow(name, cells, definition.suites),
  );
  return html`<h3>${SCENARIOS}</h3>
    ${headedTable(
      SCENARIOS,
      head,
      html`<tbody>
        ${rows}
      </tbody>`,
    )}`;
}

function scenarioRow(name: string, cells: readonly PlannedCell[], suites: readonly object[]): Html {
  const [{ suite = "", scenario = "", runner = "", repetitions = 0, duration = 0 } = {}] = cells;
  const paths = [...new Set(cells.map(({ path }) => path))];
  const params = paramsOf(suites, suite, scenario).map((text) => html`<code>${text}</code> `);
  return html`<tr>
    <th scope="row"><bdi>${name}</bdi></th>
    <td><bdi>${runner}</bdi></td>
    <td><bdi>${paths.join(", ")}</bdi></td>
    <td class="number">${repetitions}</td>
    <td class="number">${formatValue(duration, "s")}</td>
    <td>${params}</td>
  </tr>`;
}

/** Returns the parameters of a scenario from the stored suites: `streams=1`. */
function paramsOf(suites: readonly object[], suite: string, scenario: string): string[] {
  const found = suites
    .filter((each) => stringAt(each, "name") === suite)
    .flatMap((each) => listAt(each, "scenarios"))
    .find((each) => stringAt(each, "name") === scenario);
  return Object.entries(valueAt(found, "params") ?? {}).map(([key, value]) => `${key}=${String(value)}`);
}

function orderList(order: readonly (readonly string[])[]): Html {
  const omitted = order.length - MAX_ORDERED_BLOCKS;
  const more = { en: `${omitted} more blocks are in run.json.`, zh: `另外 ${omitted} 个区组见 run.json。` };
  return html`<ol>
      ${order.slice(0, MAX_ORDERED_BLOCKS).map((plugins) => html`<li><bdi>${plugins.join(" → ")}</bdi></li>`)}
    </ol>
    ${omitted > 0 ? html`<p>${more}</p>` : null}`;
}
