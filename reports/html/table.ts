/** The table of one metric: a row per plugin, grouped by path, with the baseline first. */
import type { Comparison, RunFile, SummaryCell } from "../../results/index.ts";
import { formatNumber, formatPercent, formatRanks } from "../format.ts";
import type { Scale } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Text } from "../language/text.ts";
import type { Figure, RankedCell } from "../questions.ts";
import { rowData, rowId } from "../element-ids.ts";
import { comparisonCell, ratioText } from "./comparison-cell.ts";
import { html } from "./markup.ts";
import type { Content, Html } from "./markup.ts";
import { markedName, permalink } from "./plugin-name.ts";
import { comparisonTitle, HOST_REFERENCE, referencePlugins } from "./references.ts";
import { repeatCommands } from "./repeat-commands.ts";

const BASELINE: Text = { en: "host (baseline)", zh: "host（基线）" };
const TOO_FEW_BLOCKS: Text = { en: "too few blocks", zh: "区组太少" };
const MEDIAN: Text = { en: "Median", zh: "中位数" };
const BEST: Text = { en: "Compared with best median", zh: "与中位数最优者比较" };
const FAILED: Text = { en: "failed:", zh: "失败：" };
const SKIPPED: Text = { en: "skipped:", zh: "已跳过：" };
const ROW_LINK = { en: "Link to this row", zh: "此行的链接" };

/** What the rows of a page need: the ids of the views, the plugins of all runs of the page, and the run of the rows. */
export interface TablePage {
  readonly ids: ReadonlyMap<Figure, string>;
  readonly plugins: readonly string[];
  readonly run: RunFile;
}

/** Returns the table and the commands that measure its values again. */
export function figureTable(figure: Figure, scale: Scale, page: TablePage): Html {
  const references = page.run.plan.plugins;
  const place = { view: page.ids.get(figure) ?? "", plugins: page.plugins, references, scale };
  const host =
    figure.baseline && cellRow({ cell: figure.baseline, ranks: null, isReference: false, versusBest: null }, [], place);
  const baseline = host && rowGroup(BASELINE, [host]);
  const groups = figure.questions.map(({ path, rankedCells, comparisons }) =>
    rowGroup(
      html`<bdi>${path}</bdi>`,
      rankedCells.map((ranked) => cellRow(ranked, comparisons, place)),
    ),
  );
  return html`${headedTable(tableTitle(figure), columnTitles(scale, references), [baseline, ...groups], "sortable")}
  ${repeatCommands(figure, page)}`;
}

function columnTitles({ unit }: Scale, plugins: readonly string[]): readonly Content[] {
  return [
    { en: "Rank", zh: "排名" },
    { en: "Plugin", zh: "插件" },
    unit === "" ? MEDIAN : { en: `${MEDIAN.en} (${unit})`, zh: `${MEDIAN.zh}（${unit}）` },
    { en: "95 % CI", zh: "95 % 置信区间" },
    "n",
    { en: "CV", zh: "变异系数" },
    { en: "Ratio to host", zh: "与 host 的比值" },
    comparisonTitle(BEST, [HOST_REFERENCE, ...referencePlugins(plugins)]),
    { en: "Warnings", zh: "警告" },
  ];
}

function tableTitle({ metric }: Figure): Text {
  const label = metricLabel(metric);
  return { en: `${label.en}: values`, zh: `${label.zh}：数值` };
}

/** Returns the measured cells of a figure. */
export function measuredCells({ baseline, questions }: Figure): SummaryCell[] {
  const pods = questions.flatMap(({ rankedCells }) => rankedCells.map(({ cell }) => cell));
  return [...(baseline === null ? [] : [baseline]), ...pods].filter(({ state }) => state === "measured");
}

/** Returns a scrollable table with one row of column titles. @param groups its `tbody` elements */
export function headedTable(
  label: string | Text,
  head: readonly Content[],
  groups: Content,
  behavior?: "sortable",
): Html {
  const attribute = behavior === undefined ? null : html` class="${behavior}"`;
  return scrollable(
    label,
    html`<table${attribute}>
      <thead>
        <tr>
          ${head.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      ${groups}
    </table>`,
  );
}

/** Puts a table into a box that scrolls horizontally, also by keyboard, so that the page itself never does. */
export function scrollable(label: string | Text, table: Html): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${table}</div>`;
}

function rowGroup(path: Content, rows: readonly Html[]): Html {
  return html`<tbody>
    <tr class="group">
      <th scope="rowgroup" colspan="9">${path}</th>
    </tr>
    ${rows}
  </tbody>`;
}

interface RowPlace {
  /** Id of the view. */
  readonly view: string;
  /** Those of all runs of the page, which have one color each. */
  readonly plugins: readonly string[];
  /** Those of the run, which can be its references. */
  readonly references: readonly string[];
  readonly scale: Scale;
}

function cellRow(ranked: RankedCell, comparisons: readonly Comparison[], place: RowPlace): Html {
  const { cell } = ranked;
  const id = rowId(place.view, cell, place.plugins);
  const { suite, scenario, metric, path, plugin, state, verdict } = rowData(ranked);
  const head = html`<th scope="row">${markedName(plugin, place.plugins)}${permalink(id, ROW_LINK)}</th>`;
  const columns =
    cell.state === "measured" && cell.median !== null
      ? measuredColumns({ ...ranked, cell: { ...cell, median: cell.median } }, head, {
          scale: place.scale,
          comparison: comparisonCell(ranked, comparisons, place.references),
        })
      : unmeasuredColumns(cell, head);
  return html`<tr
    id="${id}"
    data-suite="${suite}"
    data-scenario="${scenario}"
    data-metric="${metric}"
    data-path="${path}"
    data-plugin="${plugin}"
    data-state="${state}"
    data-verdict="${verdict}"
  >
    ${columns}
  </tr>`;
}

type MeasuredCell = Omit<RankedCell, "cell"> & { readonly cell: SummaryCell & { readonly median: number } };

interface ColumnParts {
  readonly scale: Scale;
  readonly comparison: Content;
}

function measuredColumns({ cell, ranks }: MeasuredCell, head: Html, { scale, comparison }: ColumnParts): Html {
  const { median, ci95, n, cv, baselineRatio } = cell;
  const interval = ci95 === null ? TOO_FEW_BLOCKS : ci95.map((end) => formatNumber(end, scale, ci95)).join(" – ");
  const cells = [
    [formatRanks(ranks), ranks?.[0] ?? null],
    [formatNumber(median, scale, ci95), median],
    [interval, ci95?.[0] ?? null],
    [String(n), n],
    [cv === null ? "–" : formatPercent(cv), cv],
    [ratioText(baselineRatio), baselineRatio?.median ?? null],
  ] as const;
  const [rankCell, ...others] = cells.map(
    ([text, value]) => html`<td class="number" data-value="${value ?? ""}">${text}</td>`,
  );
  return html`${rankCell ?? null} ${head} ${others}
    <td class="number">${comparison}</td>
    <td>${warningMarks(cell)}</td>`;
}

function unmeasuredColumns(cell: SummaryCell, head: Html): Html {
  const failed = html`<span class="bad">${FAILED}</span> <bdi>${cell.error ?? ""}</bdi>`;
  const skipped = html`<span class="muted">${SKIPPED}</span> <bdi>${cell.reason ?? ""}</bdi>`;
  const explanation = cell.state === "failed" ? failed : skipped;
  return html`<td class="number">–</td>
    ${head}
    <td colspan="7" class="why">${explanation}</td>`;
}

function warningMarks(cell: SummaryCell): Html | null {
  if (cell.warnings.length === 0) return null;
  const marks = cell.warnings.map(
    ({ code, message }) => html`<abbr class="warn" title="${message}"><bdi>${code}</bdi></abbr> `,
  );
  return html`${marks}`;
}
