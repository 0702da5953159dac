/** Heat maps of node pairs: one map per plugin, all with the same color scale. */
import { printable } from "../../core/errors.ts";
import { groupBy } from "../../core/group.ts";
import { median } from "../../results/index.ts";
import type { MeasuredPair, PairMatrix } from "../pair-matrix.ts";
import { drawSvg, PANEL_HEADER, VIEW_WIDTH, type Layer } from "./draw.ts";

/** Rows of a map. With more nodes, several nodes share a row. */
const MAX_ROWS = 40;
/** Maximum number of rows of a map that shows its values as numbers. */
const MAX_NUMBERED_ROWS = 8;
/** Space of a map for its labels, px. */
const MAP_MARGIN_PX = 220;
const TILE_SIZE_PX = { numbered: 30, plain: 14 } as const;
/** Characters kept at both ends of a label that is too long. */
const LABEL_ENDS = { first: 12, last: 11 } as const;
/** Opacity of the tiles of the lowest and of the highest value. */
const OPACITIES: number[] = [0.12, 1];
/** Position between the lowest and the highest value, 0 to 1, from which a number has the color of the page. */
const STRONG_FROM = 0.6;
/** Colors of the numbers on faint and on strong tiles. */
const TEXT_COLORS = ["currentColor", "var(--paper)"] as const;

const X_ENCODING = {
  field: "server",
  type: "nominal",
  sort: { field: "serverRow", op: "min" },
  title: null,
  axis: { labelAngle: -45, labelLimit: 0 },
} as const;
const Y_ENCODING = {
  field: "client",
  type: "nominal",
  sort: { field: "clientRow", op: "min" },
  title: null,
  axis: { labelLimit: 0 },
} as const;

interface Tile {
  readonly client: string;
  readonly server: string;
  readonly clientRow: number;
  readonly serverRow: number;
  /** Median of the pairs in this tile, bit/s. */
  readonly value: number;
}

interface PluginMap {
  readonly plugin: string;
  readonly labels: readonly string[];
  readonly tiles: readonly Tile[];
}

/** Returns the number of nodes that share a row. */
export function nodesPerRow(matrices: readonly PairMatrix[]): number {
  return Math.ceil(Math.max(...matrices.map((matrix) => matrix.nodes.length)) / MAX_ROWS);
}

/**
 * @param title unit of the values
 * @param factor number of bit/s in that unit
 */
export async function heatChart(title: string, factor: number, matrices: readonly PairMatrix[]): Promise<string> {
  const shared = nodesPerRow(matrices);
  const maps = matrices.map((matrix) => ({ plugin: printable(matrix.plugin), ...tilesOf(matrix, shared) }));
  const rowCount = new Set(maps.flatMap((map) => map.labels)).size;
  const numbered = rowCount <= MAX_NUMBERED_ROWS;
  const tileSize = numbered ? TILE_SIZE_PX.numbered : TILE_SIZE_PX.plain;
  const opacity = {
    field: "value",
    type: "quantitative",
    title,
    scale: { zero: false, range: OPACITIES },
    legend: { symbolType: "square", symbolFillColor: "var(--p1)", symbolStrokeWidth: 0, symbolSize: 160 },
  } as const;
  const layers: readonly Layer[] = [
    { mark: { type: "rect", color: "var(--p1)" }, encoding: { x: X_ENCODING, y: Y_ENCODING, opacity } },
    ...(numbered ? TEXT_COLORS.map(numberLayer) : []),
  ];
  // A tile with a number is twice as wide as it is high.
  const width = rowCount * tileSize * (numbered ? 2 : 1);
  const panels = maps.map(({ plugin }) => plugin);
  return drawSvg({
    data: { values: chartRows(maps, factor).map((row) => ({ ...row, order: panels.indexOf(row.panel) })) },
    facet: { field: "panel", type: "nominal", sort: { field: "order", op: "min" }, title: null, header: PANEL_HEADER },
    columns: Math.max(1, Math.floor(VIEW_WIDTH / (width + MAP_MARGIN_PX))),
    spec: { width, height: { step: tileSize }, layer: [...layers] },
    resolve: { scale: { x: "independent", y: "independent" } },
    spacing: 20,
  });
}

/** Returns the layer with the numbers of one text color. */
function numberLayer(textColor: string): Layer {
  return {
    transform: [{ filter: { field: "textColor", equal: textColor } }],
    mark: { type: "text", fontSize: 11, color: textColor },
    encoding: { x: X_ENCODING, y: Y_ENCODING, text: { field: "text", type: "nominal" } },
  };
}

function chartRows(maps: readonly PluginMap[], factor: number) {
  const values = maps.flatMap(({ tiles }) => tiles.map(({ value }) => value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return maps.flatMap(({ plugin, tiles }) =>
    tiles.map((tile) => {
      const value = tile.value / factor;
      const position = high === low ? 0 : (tile.value - low) / (high - low);
      const textColor = TEXT_COLORS[position > STRONG_FROM ? 1 : 0];
      return { panel: plugin, ...tile, value, text: value.toPrecision(3), textColor };
    }),
  );
}

/** Sorts the nodes by name, so that nodes of one rack or zone are likely to be neighbors. */
function tilesOf({ nodes, pairs }: PairMatrix, shared: number): Pick<PluginMap, "labels" | "tiles"> {
  const order = nodes.map((_, node) => node).toSorted((a, b) => ((nodes[a] ?? "") < (nodes[b] ?? "") ? -1 : 1));
  const rowOf = new Map(order.map((node, position) => [node, Math.floor(position / shared)]));
  const labels = rowLabels(nodes, order, shared);
  const rowsOf = ({ client, server }: MeasuredPair): readonly [number, number] => [
    rowOf.get(client) ?? 0,
    rowOf.get(server) ?? 0,
  ];
  const tiles = [...groupBy(pairs, (pair) => rowsOf(pair).join(" ")).values()].map((same): Tile => {
    const [clientRow, serverRow] = rowsOf(same[0] as MeasuredPair);
    return {
      client: labels[clientRow] ?? "",
      server: labels[serverRow] ?? "",
      clientRow,
      serverRow,
      value: median(same.map(({ throughput }) => throughput)),
    };
  });
  return { labels, tiles };
}

/**
 * Returns one label per row: the name of its first node, the number of that node if the name is ambiguous, and the
 * count of other nodes in the row.
 */
function rowLabels(nodes: readonly string[], order: readonly number[], shared: number): readonly string[] {
  const firstNodes = order.filter((_, position) => position % shared === 0);
  const names = firstNodes.map((node) => shortenMiddle(printable(nodes[node] ?? "")));
  return firstNodes.map((node, row) => {
    const others = Math.min(shared, nodes.length - row * shared) - 1;
    const ambiguous = names.filter((name) => name === names[row]).length > 1;
    return `${names[row]}${ambiguous ? ` (${node + 1})` : ""}${others > 0 ? ` +${others}` : ""}`;
  });
}

/** Keeps both ends of a long name, because node names of one cluster usually differ at the end. */
function shortenMiddle(name: string): string {
  const { first, last } = LABEL_ENDS;
  return name.length > first + 1 + last ? `${name.slice(0, first)}…${name.slice(-last)}` : name;
}
