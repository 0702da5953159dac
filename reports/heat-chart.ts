/** A heat map of pairs of nodes, one for each plugin on one scale of colours. */
import { printable } from "../core/errors.ts";
import { drawPanels, type Layer } from "./draw.ts";
import type { PairMatrix } from "./pair-matrix.ts";
import { median } from "../results/statistics.ts";

/** Rows of a map: more nodes share them. */
const MAX_ROWS = 40;
/** Rows up to which the numbers stand in the map. */
const MAX_NUMBERED_ROWS = 8;
/** Sizes of a field, px. */
const TILE_SIZE_PX = { numbered: 30, plain: 14 } as const;
/** Characters of a label's two ends, where it is too long. */
const LABEL_ENDS = { first: 12, last: 11 } as const;
/** From this part of the scale on the colour is dark. */
const DARK_FROM = 0.55;
/** Of numbers on light and on dark fields. */
const TEXT_COLORS = ["#10151a", "#ffffff"] as const;

/** @param factor of the unit that `title` names. @returns the SVG, and how many nodes share a row */
export async function heatChart(
  title: string,
  factor: number,
  matrices: readonly PairMatrix[],
): Promise<{ readonly svg: string; readonly nodesPerRow: number }> {
  const nodes = Math.max(...matrices.map((matrix) => matrix.nodes.length));
  const perRow = Math.ceil(nodes / MAX_ROWS);
  const maps = matrices.map((matrix) => ({ plugin: printable(matrix.plugin), ...tilesOf(matrix, perRow) }));
  const labels = [...new Set(maps.flatMap((map) => map.labels))];
  const values = maps.flatMap(({ fields }) => fields.map(({ value }) => value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rows = maps.flatMap(({ plugin, fields }) =>
    fields.map((field) => {
      const value = field.value / factor;
      const share = high === low ? 0 : (field.value - low) / (high - low);
      return {
        panel: plugin,
        ...field,
        value,
        text: value.toPrecision(3),
        ink: TEXT_COLORS[share > DARK_FROM ? 1 : 0],
      };
    }),
  );
  const step = labels.length <= MAX_NUMBERED_ROWS ? TILE_SIZE_PX.numbered : TILE_SIZE_PX.plain;
  const x = {
    field: "server",
    type: "nominal",
    sort: { field: "serverRow", op: "min" },
    title: "server",
    axis: { labelAngle: -45, labelLimit: 0 },
  } as const;
  const y = {
    field: "client",
    type: "nominal",
    sort: { field: "clientRow", op: "min" },
    title: "client",
    axis: { labelLimit: 0 },
  } as const;
  const color = { field: "value", type: "quantitative", title, scale: { scheme: "blues", zero: false } } as const;
  const numbers = TEXT_COLORS.map((ink): Layer => ({
    transform: [{ filter: { field: "ink", equal: ink } }],
    mark: { type: "text", fontSize: 11, color: ink },
    encoding: { x, y, text: { field: "text", type: "nominal" } },
  }));
  const svg = await drawPanels(
    rows,
    step,
    [{ mark: { type: "rect" }, encoding: { x, y, color } }, ...(labels.length <= MAX_NUMBERED_ROWS ? numbers : [])],
    labels.length * step * (step === TILE_SIZE_PX.numbered ? 2 : 1),
  );
  return { svg, nodesPerRow: perRow };
}

interface Tile {
  readonly client: string;
  readonly server: string;
  readonly clientRow: number;
  readonly serverRow: number;
  /** Median of its pairs, bit/s. */
  readonly value: number;
}

/** Nodes in the order of their names, so that those of one rack or zone are likely to stand together. */
function tilesOf(
  { nodes, pairs }: PairMatrix,
  perRow: number,
): { readonly labels: readonly string[]; readonly fields: readonly Tile[] } {
  const order = nodes.map((_, place) => place).toSorted((a, b) => ((nodes[a] ?? "") < (nodes[b] ?? "") ? -1 : 1));
  const rowOf = new Map(order.map((place, position) => [place, Math.floor(position / perRow)]));
  const firsts = order.filter((_, position) => position % perRow === 0);
  const short = firsts.map((place) => shortenMiddle(printable(nodes[place] ?? "")));
  const labels = firsts.map((place, row) => {
    const others = Math.min(perRow, nodes.length - row * perRow) - 1;
    const again = short.filter((one) => one === short[row]).length > 1;
    return `${short[row]}${again ? ` (${place + 1})` : ""}${others > 0 ? ` +${others}` : ""}`;
  });
  const values = new Map<string, number[]>();
  for (const { client, server, throughput } of pairs) {
    const key = `${rowOf.get(client) ?? 0} ${rowOf.get(server) ?? 0}`;
    values.set(key, [...(values.get(key) ?? []), throughput]);
  }
  const fields = [...values].map(([key, each]): Tile => {
    const [clientRow = 0, serverRow = 0] = key.split(" ").map(Number);
    return {
      client: labels[clientRow] ?? "",
      server: labels[serverRow] ?? "",
      clientRow,
      serverRow,
      value: median(each),
    };
  });
  return { labels, fields };
}

/** Names of one cluster mostly differ at their end. */
function shortenMiddle(name: string): string {
  const { first, last } = LABEL_ENDS;
  return name.length > first + 1 + last ? `${name.slice(0, first)}…${name.slice(-last)}` : name;
}
