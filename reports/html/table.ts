/** The table of one metric: a row per plugin, grouped by path, with the baseline first. */
import type { SummaryCell } from "../../results/index.ts";
import {
  formatDifference,
  formatNumber,
  formatP,
  formatPercent,
  formatRanks,
  formatRatio,
  metricLabel,
} from "../format.ts";
import type { Scale } from "../format.ts";
import type { Figure, RankedCell } from "../questions.ts";
import { sensitivityNote } from "../sentences.ts";
import { html } from "./markup.ts";
import type { Content, Html } from "./markup.ts";

export function figureTable(figure: Figure, scale: Scale): Html {
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
  const host = figure.baseline && cellRow({ cell: figure.baseline, ranks: null, versusBest: null }, scale);
  const baseline = host && rowGroup("host (baseline)", [host]);
  const groups = figure.questions.map(({ path, rankedCells }) =>
    rowGroup(
      path,
      rankedCells.map((ranked) => cellRow(ranked, scale)),
    ),
  );
  return headedTable(`${metricLabel(figure.metric)}: values`, head, [baseline, ...groups], "sortable");
}

/** Returns a scrollable table with one row of column titles. @param groups its `tbody` elements */
export function headedTable(label: string, head: readonly string[], groups: Content, behavior?: "sortable"): Html {
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
export function scrollable(label: string, table: Html): Html {
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

function cellRow({ cell, ranks, versusBest }: RankedCell, scale: Scale): Html {
  if (cell.state !== "measured" || cell.median === null) return unmeasuredRow(cell);
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
  return html`<tr>
    ${rankCell ?? null}
    <th scope="row">${cell.plugin}</th>
    ${others}
    <td class="number">${comparisonText(versusBest, cell.unit)}</td>
    <td>${warningMarks(cell)}</td>
  </tr>`;
}

function unmeasuredRow(cell: SummaryCell): Html {
  const failed = html`<span class="bad">failed:</span> ${cell.error ?? ""}`;
  const explanation = cell.state === "failed" ? failed : html`<span class="muted">skipped:</span> ${cell.reason ?? ""}`;
  return html`<tr>
    <td class="number">–</td>
    <th scope="row">${cell.plugin}</th>
    <td colspan="7" class="why">${explanation}</td>
  </tr>`;
}

function ratioText(ratio: SummaryCell["baselineRatio"]): string {
  if (ratio === null) return "–";
  const { median, ci95 } = ratio;
  const interval = ci95 === null ? "" : ` [${ci95.map((end) => formatRatio(end, ci95)).join(", ")}]`;
  return `${formatRatio(median, ci95)}${interval}`;
}

/** Returns the verdict of the paired test with its numbers. */
function comparisonText(comparison: RankedCell["versusBest"], unit: string): string {
  if (comparison === null) return "";
  const { verdict, reason, pAdjusted } = comparison;
  const p = verdict === "equal" ? "" : `, ${formatP(pAdjusted)}`;
  const note = verdict === "undecided" ? `: ${reason ?? sensitivityNote([comparison], unit)}` : "";
  return `${verdict} (${formatDifference(comparison, unit)}${p})${note}`;
}

function warningMarks(cell: SummaryCell): Html | null {
  if (cell.warnings.length === 0) return null;
  return html`${cell.warnings.map(({ code, message }) => html`<abbr class="warn" title="${message}">${code}</abbr> `)}`;
}
