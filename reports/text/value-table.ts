/** The table of a run for a terminal: a row per measured cell of a main metric, with its unit once. */
import { printableLine } from "../../core/errors.ts";
import { isShownIn } from "../../core/metrics.ts";
import type { SummaryCell } from "../../results/index.ts";
import { columns } from "../columns.ts";
import { padStart } from "../display-width.ts";
import { type HeatCell, heatCells } from "../first-screen/heat-cells.ts";
import { tileText } from "../first-screen/tile-text.ts";
import { commonScale, formatCount, formatNumber, formatRanks, formatRatio, type Scale } from "../format.ts";
import type { Figure } from "../questions.ts";
import { fitColumns } from "./fit-columns.ts";

/** Rows up to which the table shows all metrics; those beyond are in the other formats. */
const MAX_ROWS = 200;

const HEAD = ["", "path", "plugin", "median [95 % CI]", "n", "of host", "verdict", "rank"] as const;
const column = (title: (typeof HEAD)[number]): number => HEAD.indexOf(title);
/** A narrow terminal loses these columns, in this order. */
const OPTIONAL_COLUMNS = [column("of host"), column("rank"), column("n"), column("verdict")];
const NAME_COLUMNS = [column("plugin"), column("")];

export interface TableOptions {
  /** The plugins of the plan, in whose order the rows are. */
  readonly plugins: readonly string[];
  /** Returns the shown name of a plugin. */
  readonly nameOf: (plugin: string) => string;
  /** Figures that get rows before the others. */
  readonly first: ReadonlySet<Figure>;
  /** In columns. */
  readonly width: number;
}

/** Returns an empty string if no main metric was measured. */
export function valueTable(figures: readonly Figure[], options: TableOptions): string {
  const shownInTerminal = figures.filter(({ metric }) => isShownIn("terminal", metric));
  const groups = shownInTerminal.map((figure) => ({ figure, rows: rowsOf(figure, options) }));
  const isFirst = ({ figure }: { readonly figure: Figure }): boolean => options.first.has(figure);
  const kept = new Set<Figure>();
  let count = 0;
  for (const { figure, rows } of [...groups.filter(isFirst), ...groups.filter((group) => !isFirst(group))]) {
    if (count > 0 && count + rows.length > MAX_ROWS) break;
    count += rows.length;
    kept.add(figure);
  }
  const shown = groups.flatMap(({ figure, rows }) => (kept.has(figure) ? rows : []));
  if (shown.length === 0) return "";
  const omitted = groups.reduce((sum, { rows }) => sum + rows.length, -shown.length);
  const note = omitted === 0 ? "" : `${formatCount(omitted, "more row")}; the other report formats have all values\n`;
  return columns(fitColumns([HEAD, ...shown], OPTIONAL_COLUMNS, NAME_COLUMNS, options.width)) + note;
}

/** Returns the rows of a metric: the baseline, and the plugins of each path. All have the same prefix and precision. */
function rowsOf(figure: Figure, { plugins, nameOf }: TableOptions): string[][] {
  const baseline = figure.baseline === null ? [] : [{ ...NO_COMPARISON, plugin: "host", cell: figure.baseline }];
  const heat = [...baseline, ...figure.questions.flatMap((question) => heatCells(question, plugins))];
  const measured = heat.flatMap((each) => (isMeasured(each.cell) ? [{ heat: each, cell: each.cell }] : []));
  const cells = measured.map(({ cell }) => cell);
  const scale = commonScale(figure.unit, cells);
  const medians = cells.map(({ median, ci95 }) => formatNumber(median ?? Number.NaN, scale, ci95));
  const width = Math.max(0, ...medians.map(({ length }) => length));
  return measured.map(({ heat: own, cell }, index) => [
    printableLine(`${figure.scenario} ${figure.metric}`),
    printableLine(cell.path),
    nameOf(cell.plugin),
    `${padStart(medians[index] ?? "", width)}${intervalText(cell, scale)} ${scale.unit}`.trimEnd(),
    String(cell.n),
    cell.baselineRatio === null ? "" : formatRatio(cell.baselineRatio.median, cell.baselineRatio.ci95),
    verdictText(own, scale),
    own.ranks === null ? "" : formatRanks(own.ranks),
  ]);
}

const NO_COMPARISON = { ranks: null, mark: null, comparison: null, versus: [] } as const;

function isMeasured(cell: SummaryCell | null): cell is SummaryCell {
  return cell?.state === "measured" && cell.median !== null;
}

function intervalText({ ci95 }: SummaryCell, scale: Scale): string {
  return ci95 === null ? "" : ` [${ci95.map((end) => formatNumber(end, scale, ci95)).join(", ")}]`;
}

/** Returns an empty text for a cell that nothing was compared with. */
function verdictText(heat: HeatCell, scale: Scale): string {
  const text = tileText(heat, scale);
  return text === null || text.factor === null ? "" : `${text.factor} ${text.label.en}`;
}
