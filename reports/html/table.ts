/** The table of one metric: a row per plugin, grouped by path, with the baseline first. */
import type { SummaryCell } from "../../results/index.ts";
import { formatDifference, formatNumber, formatP, formatPercent, formatRanks, formatRatio } from "../format.ts";
import type { Scale } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import { same, type Text } from "../language/text.ts";
import { verdictLabel } from "../language/verdict-labels.ts";
import type { Figure, RankedCell } from "../questions.ts";
import { rowData, rowId } from "../element-ids.ts";
import { undecidedNote } from "../sentences.ts";
import { html } from "./markup.ts";
import type { Content, Html } from "./markup.ts";
import { markedName, permalink } from "./plugin-name.ts";

const ROW_LINK = { en: "Link to this row", zh: "此行的链接" };

/** What the rows of a page need: the ids of the views and the plugins of the plan. */
export interface TablePage {
  readonly ids: ReadonlyMap<Figure, string>;
  readonly plugins: readonly string[];
}

export function figureTable(figure: Figure, scale: Scale, page: TablePage): Html {
  const place = { view: page.ids.get(figure) ?? "", plugins: page.plugins, scale };
  const unit = scale.unit === "" ? "" : ` (${scale.unit})`;
  const head = [
    "Rank",
    "Plugin",
    `Median${unit}`,
    "95 % CI",
    "n",
    "CV",
    "Ratio to host",
    "Compared with best",
    "Warnings",
  ];
  const host = figure.baseline && cellRow({ cell: figure.baseline, ranks: null, versusBest: null }, place);
  const baseline = host && rowGroup("host (baseline)", [host]);
  const groups = figure.questions.map(({ path, rankedCells }) =>
    rowGroup(
      path,
      rankedCells.map((ranked) => cellRow(ranked, place)),
    ),
  );
  return headedTable(tableTitle(figure), head, [baseline, ...groups], "sortable");
}

function tableTitle({ metric }: Figure): Text {
  const label = metricLabel(metric);
  return { en: `${label.en}: values`, zh: `${label.zh}：数值` };
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

function rowGroup(path: string, rows: readonly Html[]): Html {
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
  readonly plugins: readonly string[];
  readonly scale: Scale;
}

function cellRow(ranked: RankedCell, place: RowPlace): Html {
  const { cell } = ranked;
  const id = rowId(place.view, cell, place.plugins);
  const { suite, scenario, metric, path, plugin, state, verdict } = rowData(ranked);
  const head = html`<th scope="row">${markedName(plugin, place.plugins)}${permalink(id, ROW_LINK)}</th>`;
  const columns =
    cell.state === "measured" && cell.median !== null
      ? measuredColumns({ ...ranked, cell: { ...cell, median: cell.median } }, head, place.scale)
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

function measuredColumns({ cell, ranks, versusBest }: MeasuredCell, head: Html, scale: Scale): Html {
  const { median, ci95, n, cv, baselineRatio } = cell;
  const interval = ci95 === null ? "too few blocks" : ci95.map((end) => formatNumber(end, scale, ci95)).join(" – ");
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
    <td class="number">${comparisonText(versusBest, cell.unit)}</td>
    <td>${warningMarks(cell)}</td>`;
}

function unmeasuredColumns(cell: SummaryCell, head: Html): Html {
  const failed = html`<span class="bad">failed:</span> ${cell.error ?? ""}`;
  const explanation = cell.state === "failed" ? failed : html`<span class="muted">skipped:</span> ${cell.reason ?? ""}`;
  return html`<td class="number">–</td>
    ${head}
    <td colspan="7" class="why">${explanation}</td>`;
}

function ratioText(ratio: SummaryCell["baselineRatio"]): string {
  if (ratio === null) return "–";
  const { median, ci95 } = ratio;
  const interval = ci95 === null ? "" : ` [${ci95.map((end) => formatRatio(end, ci95)).join(", ")}]`;
  return `${formatRatio(median, ci95)}${interval}`;
}

/** Returns the verdict of the paired test with its numbers. */
function comparisonText(comparison: RankedCell["versusBest"], unit: string): Text {
  if (comparison === null) return same("");
  const { verdict, pAdjusted } = comparison;
  const difference = formatDifference(comparison, unit);
  const numbers = verdict === "equal" ? { en: difference, zh: difference } : withP(difference, formatP(pAdjusted));
  const label = verdictLabel(verdict);
  const result = { en: `${label.en} (${numbers.en})`, zh: `${label.zh}（${numbers.zh}）` };
  if (verdict !== "undecided") return result;
  const note = undecidedNote([comparison], unit);
  return { en: `${result.en}: ${note.en}`, zh: `${result.zh}：${note.zh}` };
}

function withP(difference: string, p: string): Text {
  return { en: `${difference}, ${p}`, zh: `${difference}，${p}` };
}

function warningMarks(cell: SummaryCell): Html | null {
  if (cell.warnings.length === 0) return null;
  return html`${cell.warnings.map(({ code, message }) => html`<abbr class="warn" title="${message}">${code}</abbr> `)}`;
}
