/** Conformance at a glance: per group of clauses and plugin, how many clauses fail. */
import { groupBy } from "../../core/group.ts";
import { printable } from "../../core/errors.ts";
import type { ConformanceRow } from "../../results/index.ts";
import type { Text } from "../language/text.ts";
import { drawSvg } from "./draw.ts";
import { styleOf } from "./plugin-styles.ts";
import type { View, ViewContext } from "./view.ts";

/** Space for the labels of the rows is the rest of the width. */
const PLOT_WIDTH = 820;
const [MIN_TILE_PX, MAX_TILE_PX, TILE_HEIGHT_PX] = [36, 90, 24];

const CAPTION: Text = {
  en:
    "Clauses by group, plugin and version of the specification: ✗ number of failures, including known deviations; " +
    "✓ number of tested clauses, none of which failed; – none was tested.",
  zh: "按组、插件与规范版本统计条款：✗ 未通过数（含已知偏差）；✓ 已测试且全部通过的条款数；– 未测试。",
};

/** Returns the group of a clause: the part of its ID before the first dot or hyphen. */
export function clauseGroup(clause: string): string {
  return /^[^.-]+/.exec(clause)?.[0] ?? clause;
}

/** Returns a view, or none without results. */
export function conformanceViews(context: ViewContext, rows: readonly ConformanceRow[]): View[] {
  if (rows.length === 0) return [];
  const view: View = {
    id: context.id("conformance"),
    title: { en: "Conformance by group of clauses", zh: "各组条款的符合性" },
    caption: CAPTION,
    draw: () => drawGroups(context, rows),
  };
  return [view];
}

async function drawGroups(context: ViewContext, rows: readonly ConformanceRow[]): Promise<string> {
  const tiles = [
    ...groupBy(rows, (row) => JSON.stringify([clauseGroup(row.clause), row.plugin, row.specVersion])).values(),
  ];
  const groups = new Set(rows.map(({ clause }) => clauseGroup(clause)));
  const x = {
    field: "group",
    type: "nominal",
    sort: null,
    title: null,
    axis: { orient: "top", labelAngle: -40, domain: false, ticks: false },
  } as const;
  const y = { field: "row", type: "nominal", sort: null, title: null } as const;
  const color = { field: "color", type: "nominal", scale: null, legend: null } as const;
  return drawSvg({
    data: { values: tiles.map((own) => tileOf(context, own)) },
    width: { step: Math.max(MIN_TILE_PX, Math.min(MAX_TILE_PX, Math.floor(PLOT_WIDTH / groups.size))) },
    height: { step: TILE_HEIGHT_PX },
    layer: [
      { mark: { type: "rect", fillOpacity: 0.14, stroke: "var(--paper)" }, encoding: { x, y, color } },
      { mark: { type: "text" }, encoding: { x, y, text: { field: "text", type: "nominal" }, color } },
    ],
  });
}

/** @param rows of one group, plugin and version */
function tileOf({ styles }: ViewContext, rows: readonly ConformanceRow[]) {
  const [{ clause = "", plugin = "", specVersion = "" } = {}] = rows;
  const tested = rows.filter(({ status }) => status !== "skip").length;
  const failed = rows.filter(({ status }) => status === "fail" || status === "known").length;
  const row = `${styleOf(styles, plugin).label} ${specVersion}`;
  const tile = { group: printable(clauseGroup(clause)), row: printable(row) };
  if (tested === 0) return { ...tile, color: "var(--muted)", text: "–" };
  return failed > 0
    ? { ...tile, color: "var(--bad)", text: `✗ ${failed}` }
    : { ...tile, color: "var(--good)", text: `✓ ${tested}` };
}
